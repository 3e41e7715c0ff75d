using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Models;

public sealed class HotSwapTests
{
    private const int Swaps = 100;
    private const int Callers = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Version 1 answers every image with its first class and version 2 with its second, so that an answer shows its version.
    /// </summary>
    [Theory]
    [InlineData("--Pipeline:MaxBatch=1")]
    [InlineData("--Pipeline:MaxBatch=16")]
    public async Task Scan_HundredSwapsUnderLoad_FailsNoRequestAndMixesNoVersions(string batching)
    {
        await using var server = await TestServer.StartAsync(
            models => Write(models, 1), "--Models:Mode=poll", "--Models:PollInterval=60m", batching);
        using var done = new CancellationTokenSource();
        var retired = new List<ServedVersion>();
        var load = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => LoadAsync(server, done.Token), Cancellation)).ToArray();
        var answersBefore = 0L;
        for (var swap = 0; swap < Swaps; swap++)
        {
            var (next, old) = (swap % 2 == 0 ? 2 : 1, swap % 2 == 0 ? 1 : 2);
            retired.Add(server.Repository.Current.Versions.Single());
            Write(server.Models, next);
            Directory.Delete(Path.Combine(server.Models, "tiny", $"{old}"), recursive: true);
            await server.Repository.ScanAsync(Cancellation);
            Assert.Equal(next, server.Repository.Current.Versions.Single().Version);
            var answers = Interlocked.Read(ref answered);
            await Eventually.TrueAsync(() => Interlocked.Read(ref answered) > answers);
            answersBefore = answers;
        }
        await done.CancelAsync();
        await Task.WhenAll(load);
        await Task.WhenAll(retired.Select(version => version.Drained)).WaitAsync(Cancellation);

        Assert.True(answersBefore > Swaps / 2);
    }

    private long answered;

    private async Task LoadAsync(TestServer server, CancellationToken done)
    {
        var request = new V1.ClassifyRequest { Model = "tiny", Image = ClassifierServiceTests.Stripe(2) };
        while (!done.IsCancellationRequested)
        {
            var response = await server.Client.ClassifyAsync(request, cancellationToken: CancellationToken.None);
            Assert.Equal(response.Version, response.Predictions[0].Index + 1);
            Interlocked.Increment(ref answered);
        }
    }

    private static void Write(string models, int version)
    {
        var bias = new float[3];
        bias[version - 1] = 100;
        var path = new TinyOnnx { Bias = bias }.Write(Path.Combine(models, "tiny", $"{version}"));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
    }
}
