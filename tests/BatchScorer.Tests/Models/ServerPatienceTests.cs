using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Client;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Models;

public sealed class ServerPatienceTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task TryAsync_PortOfHttp11_IsNotWaitedFor()
    {
        Pictures.WriteModel(directory["models", "tiny"]);
        await using var server = await ServerProcess.Start(directory["models"]);
        var url = $"http://127.0.0.1:{server.HttpPort}";
        using var client = new LeNetServeClient(url);
        var warnings = new StringWriter();
        var patience = new ServerPatience(TimeSpan.FromMinutes(1), TimeProvider.System, warnings);

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => patience.TryAsync(
            () => client.GetModelAsync("tiny", 0, TestContext.Current.CancellationToken),
            url, TestContext.Current.CancellationToken));

        Assert.StartsWith($"{url}: {url} has no HTTP/2 there: expected the gRPC port", error.Message);
        // The end of a connection may overtake its reason. Then the scorer says so and asks again.
        Assert.All(
            warnings.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains("has no HTTP/2 there", line));
    }
}
