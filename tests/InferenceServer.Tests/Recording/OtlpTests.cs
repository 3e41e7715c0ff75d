using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests.Recording;

/// <remarks>
/// Runs alone, because OpenTelemetry takes instruments of one name for one instrument. The end of another server in this process would
/// end the measurements of this server.
/// </remarks>
[Collection(RunsAlone.Name)]
public sealed class OtlpTests
{
    [Fact]
    public async Task Requests_WithACollector_ArriveThereAsSpansAndHistograms()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await CollectorAsync(received);
        await using (var server = await TestServer.StartAsync(
            $"--Telemetry:OtlpEndpoint={collector.Urls.Single()}", "--Telemetry:Protocol=http",
            "--Telemetry:TracesPerMille=1000", "--Telemetry:MetricsInterval=100ms"))
        {
            var image = new V1.Image { Pixels = ByteString.CopyFrom(new byte[16]) };
            await server.Client.ClassifyAsync(new() { Image = image }, cancellationToken: Cancel);
            string Metrics() => received.GetValueOrDefault("/v1/metrics", "");
            // This instrument is the last that a request is recorded with.
            await Eventually.TrueAsync(() => Metrics().Contains("lenetserve.images", StringComparison.Ordinal));
        }

        // The end of the server sends the rest.
        Assert.Contains("/v1/traces", received.Keys);
        var (traces, metrics) = (received["/v1/traces"], received["/v1/metrics"]);
        foreach (var expected in new[] { "classify", "inference", "lenetserve.outcome", "lenetserve.v1.Classifier/Classify" })
            Assert.Contains(expected, traces, StringComparison.Ordinal);
        foreach (var expected in new[] { "lenetserve.inference.duration", "lenetserve.queue.duration", "lenetserve.images", "tiny" })
            Assert.Contains(expected, metrics, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Keeps the bodies of OTLP over HTTP; names and tags stand in them as plain text.</summary>
    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.MapPost("/v1/{signal}", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            received.AddOrUpdate(context.Request.Path, body, (_, before) => before + body);
        });
        await collector.StartAsync(Cancel);
        return collector;
    }
}
