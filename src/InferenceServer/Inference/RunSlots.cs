using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// Places to work at, as many as requests may run at once, and a bounded queue before them. First come, first served among those who queue. Who waits is a pooled object,
/// so that waiting allocates nothing once as many have waited before.
/// </summary>
internal sealed partial class RunSlots : IDisposable
{
    private const int MostSpins = 20;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer alarm;
    private readonly int queueLength;
    private Waiter? first, last, resting;
    private DateTime alarmAt = DateTime.MaxValue;
    private int free, quick, waiting, impatient;

    public RunSlots(int concurrency, int queueLength, TimeProvider? time = null)
    {
        (free, this.queueLength, Concurrency, this.time) = (concurrency, queueLength, concurrency, time ?? TimeProvider.System);
        alarm = this.time.CreateTimer(static slots => ((RunSlots)slots!).GiveUpTheLate(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Places in all.</summary>
    public int Concurrency { get; }

    /// <summary>Requests that wait.</summary>
    public int Waiting => waiting;

    /// <summary>Places taken.</summary>
    public int Busy => Concurrency - free;

    /// <summary>
    /// Takes a place for a quick run if one is free, or if one is soon because a quick run has it and nobody waits: that run is over sooner than a wait in the queue can
    /// begin and end. And a place that the queue hands over is taken while its call does not run yet, so that all who come meanwhile have to queue as well (a lock convoy;
    /// docs/decisions/0021). Leave it by <see cref="ExitQuick"/>.
    /// </summary>
    public bool TryEnter()
    {
        var spin = new SpinWait();
        while (!TryTake())
        {
            if (spin.Count == MostSpins || Volatile.Read(ref quick) == 0 || Volatile.Read(ref waiting) > 0)
                return false;
            // Spins where there are several cores, and lets other threads of this one run, one of which may have the place. Never sleeps.
            spin.SpinOnce(sleep1Threshold: -1);
        }
        return true;
    }

    private bool TryTake()
    {
        if (Volatile.Read(ref free) == 0)
            return false;
        lock (gate)
        {
            if (free == 0)
                return false;
            free--;
            quick++;
            return true;
        }
    }

    /// <summary>Waits for a place. Await the result once.</summary>
    /// <param name="patient">Wait even where the queue is full, and take no place of it.</param>
    /// <param name="deadline">When waiting becomes useless, UTC; <see cref="DateTime.MaxValue"/>: never.</param>
    /// <param name="gone">Gives up waiting.</param>
    /// <param name="threads">Goes on on one of these where it had to wait; null: in the thread pool.</param>
    /// <exception cref="InferenceException">
    /// The queue is full (<see cref="InferenceErrorKind.Overloaded"/>), known at once, or the deadline passed (<see cref="InferenceErrorKind.DeadlineExceeded"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public ValueTask EnterAsync(bool patient, DateTime deadline, CancellationToken gone, RunThreads? threads = null)
    {
        Waiter waiter;
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return ValueTask.CompletedTask;
            }
            if (!patient && impatient >= queueLength)
                return ValueTask.FromException(Full());
            waiter = resting ?? new(this);
            resting = waiter.Next;
            waiter.Begin(patient, deadline, threads);
            Append(waiter);
            SetAlarm(deadline);
        }
        // Outside of the lock: where the caller has gone already, this calls back at once.
        waiter.WatchFor(gone);
        return waiter.Entered;
    }

    /// <summary>Leaves a place to the one who has waited longest.</summary>
    public void Exit()
    {
        lock (gate)
            Leave();
    }

    /// <summary>The same for a place that <see cref="TryEnter"/> gave.</summary>
    public void ExitQuick()
    {
        lock (gate)
        {
            quick--;
            Leave();
        }
    }

    public void Dispose() => alarm.Dispose();

    private void Leave()
    {
        if (first is { } next)
        {
            Remove(next);
            next.Enter();
        }
        else
        {
            free++;
        }
    }

    private InferenceException Full() =>
        new(InferenceErrorKind.Overloaded, $"{impatient} requests wait already, expected at most {queueLength}; try again a little later")
        {
            RetryAfter = TimeSpan.FromMilliseconds(Math.Clamp(impatient, 1, 1000)),
        };

    private void GiveUp(Waiter waiter, CancellationToken gone)
    {
        lock (gate)
        {
            if (!waiter.IsQueued)
                return;
            Remove(waiter);
            waiter.Fail(new OperationCanceledException(gone));
        }
    }

    private void GiveUpTheLate()
    {
        lock (gate)
        {
            alarmAt = DateTime.MaxValue;
            var now = time.GetUtcNow().UtcDateTime;
            for (Waiter? waiter = first, next; waiter is not null; waiter = next)
            {
                next = waiter.Next;
                if (waiter.Deadline > now)
                {
                    SetAlarm(waiter.Deadline);
                    continue;
                }
                Remove(waiter);
                waiter.Fail(Wait.DeadlineExceeded("while it waited for a place"));
            }
        }
    }

    // One timer for all who wait, as they seldom wait until their deadlines; timers know whole milliseconds and round down.
    private void SetAlarm(DateTime deadline)
    {
        if (deadline >= alarmAt)
            return;
        alarmAt = deadline;
        alarm.Change(Wait.Until(deadline, time) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void Append(Waiter waiter)
    {
        waiter.Previous = last;
        if (last is null)
            first = waiter;
        else
            last.Next = waiter;
        last = waiter;
        waiter.IsQueued = true;
        waiting++;
        if (!waiter.Patient)
            impatient++;
    }

    private void Remove(Waiter waiter)
    {
        if (waiter.Previous is { } previous)
            previous.Next = waiter.Next;
        else
            first = waiter.Next;
        if (waiter.Next is { } next)
            next.Previous = waiter.Previous;
        else
            last = waiter.Previous;
        (waiter.Previous, waiter.Next, waiter.IsQueued) = (null, null, false);
        waiting--;
        if (!waiter.Patient)
            impatient--;
    }

    private void Rest(Waiter waiter)
    {
        lock (gate)
        {
            waiter.Next = resting;
            resting = waiter;
        }
    }
}
