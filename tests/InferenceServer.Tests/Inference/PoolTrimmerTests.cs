using System.Diagnostics;
using LeNetServe.InferenceServer.Inference;

namespace LeNetServe.InferenceServer.Tests.Inference;

[Collection(RunsAlone.Name)]
public sealed class PoolTrimmerTests
{
    [Fact]
    public async Task Trim_MoreThreadsThanTheLeast_TheBoundsStayAndThePoolAddsThreadsAnew()
    {
        var bounds = Bounds();
        await WithMoreThreadsAsync();

        PoolTrimmer.Trim();

        Assert.Equal(bounds, Bounds());
        // It adds one only half a second after it last got anywhere; threads that it still had would take the work at once. If it could not add any, this would never end.
        Assert.InRange((await WithMoreThreadsAsync()).TotalMilliseconds, 400, double.MaxValue);
    }

    private static (int Least, int Most) Bounds()
    {
        ThreadPool.GetMinThreads(out var least, out _);
        ThreadPool.GetMaxThreads(out var most, out _);
        return (least, most);
    }

    // Each blocks a thread until all of them run.
    private static async Task<TimeSpan> WithMoreThreadsAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var threads = Bounds().Least + 2;
        using var all = new CountdownEvent(threads);
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            all.Signal();
            all.Wait(TestContext.Current.CancellationToken);
        })));
        return Stopwatch.GetElapsedTime(started);
    }
}
