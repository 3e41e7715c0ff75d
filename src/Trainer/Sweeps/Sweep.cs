using System.Collections.Concurrent;
using LeNetServe.Runs;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Training;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>
/// Works through runs, several at a time. The run directories alone say which runs are finished. So a killed sweep continues when it is
/// started again, and several sweeps on one folder share the work: a run that another process holds is left to it.
/// </summary>
/// <param name="train">Trains one run and returns the exit code and its last line of error.</param>
/// <param name="say">Takes a line for each run.</param>
/// <param name="time">The clock; null for the system's.</param>
internal sealed class Sweep(
    Func<PlannedRun, CancellationToken, Task<(int Code, string Message)>> train, Action<string> say, TimeProvider? time = null)
{
    private const int Attempts = 2;
    private readonly ConcurrentDictionary<PlannedRun, bool> running = new();
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private int done;

    /// <summary>Gets the runs that are being trained.</summary>
    public IEnumerable<PlannedRun> Running => running.Keys;

    /// <summary>Trains the runs that are not finished yet.</summary>
    /// <returns>The runs that failed in both attempts, with the reason.</returns>
    /// <exception cref="OperationCanceledException">The sweep was stopped; the running trainings have saved.</exception>
    public async Task<IReadOnlyList<(PlannedRun Run, string Reason)>> RunAsync(
        IReadOnlyList<PlannedRun> runs, int workers, CancellationToken cancellationToken)
    {
        var open = runs.Where(run => !run.IsFinished).ToList();
        done = runs.Count - open.Count;
        if (done > 0)
            say($"{done} of {Counted.Of(runs.Count, "run is", "runs are")} finished already");
        var failed = new ConcurrentQueue<(PlannedRun, string)>();
        var queue = new ConcurrentQueue<(PlannedRun Run, int Attempt)>(open.Select(run => (run, 1)));
        await Task.WhenAll(Enumerable.Range(0, Math.Min(workers, open.Count))
            .Select(_ => WorkAsync(queue, failed, runs.Count, cancellationToken)));
        cancellationToken.ThrowIfCancellationRequested();
        return [.. failed];
    }

    /// <summary>Gets whether another process is training the run.</summary>
    public static bool IsHeld(RunDirectory run)
    {
        var path = TrainingRun.LockFile(run);
        if (!File.Exists(path))
            return false;
        using var taken = DirectoryLock.TryTake(path);
        return taken is null;
    }

    private async Task WorkAsync(
        ConcurrentQueue<(PlannedRun Run, int Attempt)> queue,
        ConcurrentQueue<(PlannedRun, string)> failed,
        int count,
        CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && queue.TryDequeue(out var next))
        {
            var (run, attempt) = next;
            if (!run.IsFinished && IsHeld(run.Directory))
            {
                // Another sweep trains the run, or the worker of a killed sweep is just stopping.
                queue.Enqueue(next);
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            var started = time.GetTimestamp();
            var trains = !run.IsFinished;
            var (code, message) = trains ? await TrainAsync(run, cancellationToken) : (0, "");
            if (cancellationToken.IsCancellationRequested)
                return;
            if (run.IsFinished)
            {
                var all = trains ? $" of training, {time.GetElapsedTime(started).TotalSeconds:0.0} s in all" : "";
                say($"[{Interlocked.Increment(ref done)}/{count}] {run.Directory.Id}: {Figures(run.Directory)}{all}");
            }
            else if (attempt < Attempts)
            {
                say($"{run.Directory.Id} failed with exit code {code} and will be tried once more: {message}");
                queue.Enqueue((run, attempt + 1));
            }
            else
            {
                say($"{run.Directory.Id} failed again with exit code {code}: {message}");
                failed.Enqueue((run, $"exit code {code}: {message}"));
            }
        }
    }

    private async Task<(int Code, string Message)> TrainAsync(PlannedRun run, CancellationToken cancellationToken)
    {
        say($"{run.Directory.Id} begins");
        running[run] = true;
        try
        {
            return await train(run, cancellationToken);
        }
        finally
        {
            running.TryRemove(run, out _);
        }
    }

    private static string Figures(RunDirectory run)
    {
        var summary = run.ReadSummary()!;
        var seconds = PlainDisplay.Duration(summary.Seconds);
        return $"test accuracy {summary.TestAccuracy:P2}, {Counted.Of(summary.Epochs, "epoch")} in {seconds}";
    }
}
