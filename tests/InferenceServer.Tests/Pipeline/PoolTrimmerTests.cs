using LeNetServe.InferenceServer.Pipeline;

namespace LeNetServe.InferenceServer.Tests.Pipeline;

[Collection(RunsAlone.Name)]
public sealed class PoolTrimmerTests
{
    [Fact]
    public async Task Trim_MoreThreadsThanTheLeast_LeavesTheBoundsAndThePoolAddsThreadsAgain()
    {
        var bounds = Bounds();
        await WithMoreThreadsAsync();

        PoolTrimmer.Trim();

        Assert.Equal(bounds, Bounds());
        // It would wait for ever if the pool could not grow any more.
        await WithMoreThreadsAsync();
    }

    private static (int Least, int Most) Bounds()
    {
        ThreadPool.GetMinThreads(out var least, out _);
        ThreadPool.GetMaxThreads(out var most, out _);
        return (least, most);
    }

    // Each blocks a thread until all of them run.
    private static async Task WithMoreThreadsAsync()
    {
        var threads = Bounds().Least + 2;
        using var all = new CountdownEvent(threads);
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            all.Signal();
            all.Wait(TestContext.Current.CancellationToken);
        })));
    }
}
