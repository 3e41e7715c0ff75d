using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// Threads for work that takes a while: pictures, batches, slow models. The thread pool has as many threads as there are cores. The pool's
/// threads must stay free to read calls, to answer the quick ones, and to reject. <c>await threads</c> goes on on one of these threads;
/// <see cref="LeaveAsync"/> goes back to the pool.
/// </summary>
/// <param name="most">The largest number of threads.</param>
/// <param name="yields">
/// Gives the threads the lowest priority on Linux. Then they use what the quick calls leave.
/// </param>
internal sealed partial class RunThreads(int most, bool yields = false) : IDisposable
{
    private const int LowestPriority = 19;

    [ThreadStatic]
    private static RunThreads? mine;

    private readonly Queue<Action> work = new();
    private int threads, idle;
    private bool disposed;

    /// <summary>Goes on on one of these threads; at once if the current thread is one.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>Goes on in the thread pool.</summary>
    public static ConfiguredTaskAwaitable LeaveAsync() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    /// <summary>Lets the threads end when they have no work left.</summary>
    public void Dispose()
    {
        lock (work)
        {
            disposed = true;
            Monitor.PulseAll(work);
        }
    }

    /// <summary>Does something on one of these threads; after <see cref="Dispose"/> as well, because work in flight has to end.</summary>
    public void Add(Action action)
    {
        lock (work)
        {
            work.Enqueue(action);
            if (idle >= work.Count || threads == most)
            {
                Monitor.Pulse(work);
                return;
            }
            threads++;
        }
        new Thread(Work) { IsBackground = true, Name = "Run" }.UnsafeStart();
    }

    private void Work()
    {
        mine = this;
        if (yields && OperatingSystem.IsLinux())
            Yield();
        while (Take() is { } action)
            action();
    }

    private Action? Take()
    {
        lock (work)
        {
            Action? action;
            for (idle++; !work.TryDequeue(out action) && !disposed;)
                Monitor.Wait(work);
            idle--;
            if (action is null)
                threads--;
            return action;
        }
    }

    private static void Yield()
    {
        try
        {
            _ = SetPriority(0, 0, LowestPriority);
        }
        catch (DllNotFoundException)
        {
            // musl has its library under another name. The threads then keep their priority.
        }
    }

    /// <summary>Sets the priority of a thread; which 0 and id 0 stand for the calling thread.</summary>
    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int id, int priority);

    /// <summary>The part that <c>await</c> needs.</summary>
    internal readonly struct Awaiter(RunThreads threads) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => mine == threads;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => threads.Add(continuation);

        public void UnsafeOnCompleted(Action continuation) => threads.Add(continuation);
    }
}
