namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// Takes back the threads that the thread pool adds when it thinks that it starves, as a burst after a pause can look like: with hill climbing off
/// (docs/decisions/0014) it would keep them as long as there is work, and they would take the cores from each other (docs/decisions/0021). A pool that does starve, which
/// nothing in the server should make it, adds threads again after each look; the looks then become rare.
/// </summary>
internal sealed class PoolTrimmer(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(1);
    private static readonly Lock Bounds = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // It runs in the pool itself: where no thread of it gets anywhere, nothing is taken back.
        for (var pause = Shortest; ;)
        {
            await Task.Delay(pause, time, stoppingToken);
            pause = Trim() ? TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, Longest.Ticks)) : Shortest;
        }
    }

    /// <summary>Lowers the number of threads that the pool aims at to its minimum, and leaves it free to add some again.</summary>
    /// <returns>Whether more were at work.</returns>
    public static bool Trim()
    {
        // Also for several servers in a process: one must not take the other's narrow bounds for the pool's own.
        lock (Bounds)
        {
            ThreadPool.GetMinThreads(out var fewest, out _);
            ThreadPool.GetMaxThreads(out var most, out var completions);
            ThreadPool.GetAvailableThreads(out var available, out _);
            // A thread that has no more work stays for 20 seconds, and whether the pool still wants it cannot be seen.
            if (ThreadPool.ThreadCount > fewest)
            {
                ThreadPool.SetMaxThreads(fewest, completions);
                ThreadPool.SetMaxThreads(most, completions);
            }
            return most - available > fewest;
        }
    }
}
