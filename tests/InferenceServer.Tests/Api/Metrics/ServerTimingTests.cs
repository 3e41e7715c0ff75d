using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Api.Metrics;

public sealed class ServerTimingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Classify_TimingAskedFor_ComesInATrailer()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client.ClassifyAsync(new() { Image = new() { Pixels = ByteString.CopyFrom(new byte[16]) } },
            new Metadata { { "lenetserve-timing", "1" } }, cancellationToken: Cancel);
        await call;

        Assert.Matches(@"^queue;dur=[0-9.]+, decode;dur=[0-9.]+, inference;dur=[0-9.]+, total;dur=[0-9.]+$", call.GetTrailers().GetValue(
            "server-timing"));
    }

    [Fact]
    public async Task ClassifyBatch_TimingAskedFor_ComesInATrailer()
    {
        await using var server = await TestServer.StartAsync();
        var request = new ClassifyBatchRequest { Images = { new Image { Pixels = ByteString.CopyFrom(new byte[16]) } } };
        using var call = server.Client.ClassifyBatchAsync(
            request, new Metadata { { "lenetserve-timing", "1" } }, cancellationToken: Cancel);
        await call;

        Assert.Contains("inference;dur=", call.GetTrailers().GetValue("server-timing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_TimingAskedFor_CountsTheRunsThatExplainAsInference()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        var request = new ExplainRequest
        {
            Image = new() { Pixels = ByteString.CopyFrom(new byte[32 * 32]) },
            Attribution = AttributionMethod.Occlusion,
        };
        var shares = new List<double>();
        for (var call = 0; call < 10; call++)
            shares.Add(await ShareOfRunsAsync(server, request));

        // 225 covered images run, and the answer itself. All else is a small part, unless another program takes the processor meanwhile.
        Assert.InRange(shares.Max(), 0.9, 1);
    }

    [Fact]
    public async Task Classify_TimingAskedForByRest_ComesInAHeader()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/models/tiny:classify")
        {
            Content = new ByteArrayContent(
            Pictures.Png(new byte[16], 4, 4))
        };
        request.Content.Headers.ContentType = new("image/png");
        request.Headers.Add("lenetserve-timing", "1");
        using var response = await server.Http.SendAsync(request, Cancel);

        Assert.Contains("decode;dur=", Assert.Single(response.Headers.GetValues("server-timing")), StringComparison.Ordinal);
    }

    private static async Task<double> ShareOfRunsAsync(TestServer server, ExplainRequest request)
    {
        using var call = server.Client.ExplainAsync(request, new Metadata { { "lenetserve-timing", "1" } }, cancellationToken: Cancel);
        await call;
        var phases = Regex.Matches(call.GetTrailers().GetValue("server-timing")!, @"(\w+);dur=([0-9.]+)").ToDictionary(
            match => match.Groups[1].Value, match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        return (phases["queue"] + phases["inference"]) / phases["total"];
    }
}
