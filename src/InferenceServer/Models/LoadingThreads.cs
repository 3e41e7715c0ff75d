using System.Collections.Concurrent;

namespace LeNetServe.InferenceServer.Models;

/// <summary>Threads for loading, which opens files and computes for milliseconds. The thread pool's are for requests.</summary>
internal static class LoadingThreads
{
    // A look at a folder that hangs holds a thread until its time is over; the other threads go on.
    private const int MostItems = 64;

    /// <summary>The largest number of versions that load at the same time.</summary>
    public static readonly int Most = Math.Max(4, Environment.ProcessorCount);

    /// <summary>Calls <paramref name="load"/> for every item, on several threads.</summary>
    /// <param name="items">Such as the models' names.</param>
    /// <param name="load">The work for an item.</param>
    /// <param name="cancellationToken">Starts no more items.</param>
    public static Task ForEachAsync<T>(IReadOnlyCollection<T> items, Action<T> load, CancellationToken cancellationToken)
    {
        var rest = new ConcurrentQueue<T>(items);
        return Task.WhenAll(Enumerable.Range(0, Math.Min(items.Count, MostItems)).Select(_ => Run(() =>
        {
            while (rest.TryDequeue(out var item))
            {
                cancellationToken.ThrowIfCancellationRequested();
                load(item);
            }
            return true;
        })));
    }

    /// <summary>
    /// Calls <paramref name="read"/> on a thread of its own and waits for it. After <paramref name="limit"/> the thread is left alone: a
    /// call into a file system that does not answer cannot be ended.
    /// </summary>
    /// <param name="limit">The longest wait.</param>
    /// <param name="read">The work.</param>
    /// <param name="late">Receives the abandoned work, for its result.</param>
    /// <exception cref="TimeoutException">The time is over.</exception>
    public static T Within<T>(TimeSpan limit, Func<T> read, Action<Task<T>>? late = null)
    {
        var work = Run(read);
        if (work.WaitAny(limit))
            return work.GetAwaiter().GetResult();
        late?.Invoke(work);
        throw TooLate(limit);
    }

    /// <summary>Creates the error of work that takes longer than its limit.</summary>
    public static TimeoutException TooLate(TimeSpan limit) => new($"the files were not read within {limit.TotalSeconds:0.###} s");

    private static bool WaitAny(this Task work, TimeSpan limit) => Task.WaitAny([work], limit) == 0;

    private static Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException exception)
            {
                done.SetCanceled(exception.CancellationToken);
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })
        { IsBackground = true, Name = "Load" }.UnsafeStart();
        return done.Task;
    }
}
