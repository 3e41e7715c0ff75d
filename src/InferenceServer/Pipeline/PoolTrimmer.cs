namespace LeNetServe.InferenceServer.Pipeline;

/// <summary>
/// Takes back the threads that the thread pool adds when it believes to starve, as after a pause: with hill climbing off (docs/decisions/0014) it would keep
/// them for ever, and they would take the cores from each other (docs/decisions/0021). A pool that does starve gets them again within a second.
/// </summary>
internal sealed class PoolTrimmer(TimeProvider time) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        // It runs in the pool itself: where no thread of it gets anywhere, nothing is taken back.
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Trim();
    }

    /// <summary>Lowers the number of threads that the pool aims at to its minimum, and leaves it free to add some again.</summary>
    public static void Trim()
    {
        ThreadPool.GetMinThreads(out var fewest, out _);
        if (ThreadPool.ThreadCount <= fewest)
            return;
        ThreadPool.GetMaxThreads(out var most, out var completions);
        ThreadPool.SetMaxThreads(fewest, completions);
        ThreadPool.SetMaxThreads(most, completions);
    }
}
