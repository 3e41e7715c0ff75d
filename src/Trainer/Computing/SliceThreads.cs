using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Computing;

/// <summary>
/// Threads that compute the slices of a batch side by side. Each thread computes whole slices with torch's own threads off. A step needs
/// two hand-overs instead of a barrier per operation, and the result does not depend on the number of threads.
/// </summary>
internal sealed class SliceThreads : IDisposable
{
    private readonly Worker[] workers;

    /// <param name="threads">Threads in all, the caller's included.</param>
    public SliceThreads(int threads)
    {
        set_num_threads(1);
        Most = Threads = threads;
        workers = [.. Enumerable.Range(1, threads - 1).Select(number => new Worker(number))];
    }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Most { get; }

    /// <summary>Number of threads in use, the caller's included; the others sleep.</summary>
    public int Threads { get; private set; }

    /// <summary>Uses that many of the threads from now on.</summary>
    public void Use(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, Most);
        Threads = threads;
    }

    /// <summary>Calls <paramref name="work"/> for 0..count−1 and returns when all are done.</summary>
    public void Run(int count, Action<int> work)
    {
        void Share(int thread)
        {
            for (var slice = thread; slice < count; slice += Threads)
                work(slice);
        }
        var helpers = workers.AsSpan(0, Threads - 1);
        foreach (var worker in helpers)
            worker.Start(Share);
        try
        {
            Share(0);
        }
        finally
        {
            foreach (var worker in helpers)
                worker.Wait();
        }
        foreach (var worker in helpers)
            worker.Rethrow();
    }

    public void Dispose()
    {
        foreach (var worker in workers)
            worker.Dispose();
    }

    private sealed class Worker : IDisposable
    {
        private readonly ManualResetEventSlim begin = new(false, 2000);
        private readonly ManualResetEventSlim end = new(true, 2000);
        private readonly Thread thread;
        private readonly int number;
        private Action<int>? work;
        private ExceptionDispatchInfo? failure;

        public Worker(int number)
        {
            this.number = number;
            thread = new(Loop) { IsBackground = true, Name = $"slices {number}" };
            thread.Start();
        }

        public void Start(Action<int> share)
        {
            work = share;
            failure = null;
            end.Reset();
            begin.Set();
        }

        public void Wait() => end.Wait();

        public void Rethrow() => failure?.Throw();

        public void Dispose()
        {
            work = null;
            begin.Set();
            thread.Join();
            begin.Dispose();
            end.Dispose();
        }

        private void Loop()
        {
            set_num_threads(1);
            while (true)
            {
                begin.Wait();
                begin.Reset();
                if (work is null)
                    return;
                try
                {
                    work(number);
                }
                catch (Exception exception)
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
                end.Set();
            }
        }
    }
}
