using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// Slots for work that takes a while: pictures, large batches, slow models. A bounded queue stands before the slots; first come, first
/// served.
/// </summary>
internal sealed class Admission(int slots, int queueLength, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim free = new(slots, slots);
    private int waiting;
    private int impatient;

    /// <summary>Gets the number of requests that wait for a slot.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>Gets the number of slots in use.</summary>
    public int Busy => slots - free.CurrentCount;

    /// <summary>
    /// Takes a slot. Waits for one in the queue. A patient caller waits even if the queue is full, and takes no place in it.
    /// </summary>
    /// <exception cref="InferenceException">The queue is full, the deadline passed, or the caller went away.</exception>
    public Task EnterAsync(Caller caller)
    {
        if (caller.LostInterest(time) is { } lost)
            return Task.FromException(lost);
        if (free.Wait(0))
            return Task.CompletedTask;
        if (caller.Patient || Interlocked.Increment(ref impatient) <= queueLength)
            return WaitAsync(caller);
        return Task.FromException(Full(Interlocked.Decrement(ref impatient), queueLength));
    }

    /// <summary>Gives a slot back. The request that has waited longest gets it.</summary>
    public void Exit() => free.Release();

    public void Dispose() => free.Dispose();

    /// <summary>The error for a request that a full queue rejects.</summary>
    public static InferenceException Full(int waiting, int queueLength) =>
        new(InferenceErrorKind.Overloaded, $"{waiting} requests wait already, expected at most {queueLength}; try again a little later")
        {
            RetryAfter = TimeSpan.FromMilliseconds(Math.Clamp(waiting, 1, 1000)),
        };

    private async Task WaitAsync(Caller caller)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            using var late = caller.Deadline == DateTime.MaxValue ? null : new CancellationTokenSource(caller.Remaining(time), time);
            using var either = late is null ? null : CancellationTokenSource.CreateLinkedTokenSource(late.Token, caller.Gone);
            await free.WaitAsync(either?.Token ?? caller.Gone);
        }
        catch (OperationCanceledException)
        {
            throw caller.Gone.IsCancellationRequested ? Caller.WentAway() : Caller.DeadlinePassed("while it waited for a slot");
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
            if (!caller.Patient)
                Interlocked.Decrement(ref impatient);
        }
    }
}
