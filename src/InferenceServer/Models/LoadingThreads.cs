using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace LeNetServe.InferenceServer.Models;

/// <summary>
/// Threads of their own for loading, which opens files and computes for milliseconds: the thread pool's are for requests.
/// </summary>
internal static partial class LoadingThreads
{
    // A tenth of a core where requests want all of it: each step is a fifth less (sched(7)).
    private const int Niceness = 10;
    private const int ThisThread = 0, PriorityOfThreads = 0;

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

    /// <summary>
    /// Does <paramref name="load"/> on a thread that comes after all others for the operating system, and waits for it. On Linux whatever thread is made
    /// by that one has its niceness for ever, also a thread of the pool: nothing may be queued there, and no sessions with threads of their own opened.
    /// </summary>
    public static T StepBack<T>(Func<T> load)
    {
        var (result, failure) = (default(T), default(ExceptionDispatchInfo));
        var thread = new Thread(() =>
        {
            LowerPriority();
            try
            {
                result = load();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true, Name = "Load" };
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    // .NET's priorities do nothing on Linux. An ordinary user may lower a thread's and not raise it again, so the thread ends with its work.
    private static void LowerPriority()
    {
        if (OperatingSystem.IsLinux())
            _ = SetPriority(PriorityOfThreads, ThisThread, Niceness);
        else
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}
