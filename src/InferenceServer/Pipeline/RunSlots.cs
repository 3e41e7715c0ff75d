using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Pipeline;

/// <summary>Places to work at, as many as requests may run at once, and a bounded queue before them. First come, first served.</summary>
internal sealed class RunSlots
{
    private const int MaxYields = 3;
    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiters = [];
    private readonly int queueLength;
    private int free;
    private int impatient;

    public RunSlots(int concurrency, int queueLength) => (free, this.queueLength, Concurrency) = (concurrency, queueLength, concurrency);

    /// <summary>Places in all.</summary>
    public int Concurrency { get; }

    /// <summary>Requests that wait.</summary>
    public int Waiting => waiters.Count;

    /// <summary>Places taken.</summary>
    public int Busy => Concurrency - free;

    /// <summary>Takes a place if one is free and nobody waits for it. Allocates nothing.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (free == 0)
                return false;
            free--;
            return true;
        }
    }

    /// <summary>
    /// The same, after giving way a few times to whoever has the place: mostly a thread that was interrupted in a run of microseconds, which is over
    /// sooner than a wait is set up. Does not try where others wait already.
    /// </summary>
    public bool TryEnterSoon()
    {
        for (var yields = 0; yields < MaxYields && waiters.Count == 0 && queueLength > 0; yields++)
        {
            Thread.Yield();
            if (TryEnter())
                return true;
        }
        return false;
    }

    /// <summary>Waits for a place.</summary>
    /// <param name="patient">Wait even where the queue is full, and take no place of it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InferenceException">The queue is full (<see cref="InferenceErrorKind.Overloaded"/>); known at once.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async Task EnterAsync(bool patient, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(patient);
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return;
            }
            if (!patient && impatient >= queueLength)
                throw new InferenceException(InferenceErrorKind.Overloaded, $"{impatient} requests wait already, expected at most {queueLength}; try again a little later")
                {
                    RetryAfter = TimeSpan.FromMilliseconds(Math.Clamp(impatient, 1, 1000)),
                };
            waiters.AddLast(waiter.Node);
            if (!patient)
                impatient++;
        }
        await using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).TrySetCanceled(token), waiter);
        try
        {
            await waiter.Task;
        }
        catch (OperationCanceledException)
        {
            lock (gate)
                if (waiter.Node.List is not null)
                    Remove(waiter);
            throw;
        }
    }

    /// <summary>Leaves a place to the one who has waited longest.</summary>
    public void Exit()
    {
        lock (gate)
        {
            while (waiters.First is { } first)
            {
                Remove(first.Value);
                if (first.Value.TrySetResult())
                    return;
            }
            free++;
        }
    }

    private void Remove(Waiter waiter)
    {
        waiters.Remove(waiter.Node);
        if (!waiter.Patient)
            impatient--;
    }

    private sealed class Waiter : TaskCompletionSource
    {
        public Waiter(bool patient)
            : base(TaskCreationOptions.RunContinuationsAsynchronously) => (Patient, Node) = (patient, new(this));

        public bool Patient { get; }

        public LinkedListNode<Waiter> Node { get; }
    }
}
