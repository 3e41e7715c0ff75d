using System.Collections.Concurrent;

namespace LeNetServe.InferenceServer.Models;

/// <summary>
/// Threads of their own for loading, which opens files and computes for milliseconds: the thread pool's are for requests.
/// </summary>
internal static class LoadingThreads
{
    /// <summary>Does <paramref name="load"/> for every item, side by side on as many threads as there are cores.</summary>
    /// <param name="items">Such as the models' names.</param>
    /// <param name="load">What to do.</param>
    /// <param name="cancellationToken">Begins no more items.</param>
    public static Task ForEachAsync<T>(IReadOnlyCollection<T> items, Action<T> load, CancellationToken cancellationToken)
    {
        var rest = new ConcurrentQueue<T>(items);
        return Task.WhenAll(Enumerable.Range(0, Math.Min(items.Count, Environment.ProcessorCount)).Select(_ => OnThreadAsync(() =>
        {
            while (rest.TryDequeue(out var item))
            {
                cancellationToken.ThrowIfCancellationRequested();
                load(item);
            }
        })));
    }

    private static Task OnThreadAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                work();
                done.SetResult();
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
