using System.Net.Http.Headers;
using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.V1;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Hosting;

public sealed class LastAnswersTests
{
    private const int Servers = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The clients neither retry nor look at readiness. Each call that a server counts as answered has arrived.</summary>
    [Fact]
    public async Task StopAsync_ClientsThatGoOn_GetEachAnswerOfTheServer()
    {
        for (var index = 0; index < Servers; index++)
        {
            await using var server = await TestServer.StartAsync();
            Task<int>[] callers =
            [
                .. Enumerable.Range(0, 6).Select(_ => Task.Run(() => CallAsync(server.Client), Cancel)),
                .. Enumerable.Range(0, 2).Select(_ => Task.Run(() => PostAsync(server.Http), Cancel)),
            ];
            await Eventually.TrueAsync(() => Answered(server) > 100);

            await server.App.StopAsync(Cancel);

            var arrived = await Task.WhenAll(callers);
            Assert.Equal(Answered(server), arrived.Sum());
        }
    }

    private static long Answered(TestServer server) =>
        server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1)[RequestOutcome.Ok]?.Request.Read().Count ?? 0;

    private static async Task<int> CallAsync(Classifier.ClassifierClient client)
    {
        var request = new ClassifyRequest { Image = ClassifierServiceTests.Stripe(1) };
        for (var answered = 0; ; answered++)
            try
            {
                await client.ClassifyAsync(request, cancellationToken: Cancel);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
            {
                return answered;
            }
    }

    private static async Task<int> PostAsync(HttpClient http)
    {
        for (var answered = 0; ; answered++)
            try
            {
                using var picture = new ByteArrayContent(Pictures.Png([.. ClassifierServiceTests.Stripe(1).Pixels], 4, 4));
                picture.Headers.ContentType = new MediaTypeHeaderValue("image/png");
                using var response = await http.PostAsync("/v1/models/tiny:classify", picture, Cancel);
                response.EnsureSuccessStatusCode();
            }
            catch (HttpRequestException exception) when (exception.StatusCode is null)
            {
                return answered;
            }
    }
}
