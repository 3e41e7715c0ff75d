using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Gives memory back after large pictures. The collector does not run in an idle process, so the objects of the last requests would stay.
/// Memory that native code has freed would stay as well. <c>benchmarks/Serving soak</c> has the figures.
/// </summary>
internal sealed class MemoryReturn(ServerMetrics metrics, TimeProvider time) : BackgroundService
{
    private const long Worthwhile = 16 << 20;
    private const long FewRequests = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var floor = long.MaxValue;
        var before = 0L;
        var settled = true;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var requests = metrics.Models.Sum(model => model.Requests);
            var isIdle = requests == before;
            var isQuiet = requests - before < FewRequests;
            before = requests;
            floor = Math.Min(floor, Environment.WorkingSet);
            var hasGrown = isQuiet && Environment.WorkingSet >= floor + Worthwhile;
            if (!hasGrown && (settled || !isIdle))
                continue;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.Trim();
            // The memory that could not be given back is in use, perhaps only by a request that runs: an idle process looks once more.
            floor = Environment.WorkingSet;
            settled = isIdle;
        }
    }
}
