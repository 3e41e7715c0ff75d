using System.Buffers;
using System.Diagnostics;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// Runs the calls that wait at the same time together, as one batch of the model. Nothing waits on a timer. On a CPU the first call queues
/// a run in the thread pool, behind the calls that wait there for a thread; those calls join it. On a device the calls that arrive during
/// one run are the next batch. Batches of a device are padded to <see cref="BatchSizes"/>, because CUDA searches its algorithms anew for
/// each size.
/// </summary>
/// <param name="most">The largest number of images in a batch.</param>
/// <param name="queueLength">The largest number of calls that wait for a device.</param>
/// <param name="device">The thread that runs the device; null: the batches run in the thread pool.</param>
/// <param name="time">The clock of the deadlines.</param>
internal sealed partial class Gatherer(int most, int queueLength, RunThreads? device, TimeProvider time) : IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly List<Call> waiting = [];
    private readonly Stack<Call> resting = new();
    private readonly Stack<List<Call>> batches = new();
    private int images;
    private bool isScheduled;

    /// <summary>Gets the largest number of images in a batch.</summary>
    public int Most => most;

    /// <summary>Gets the number of calls that wait for a run.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <summary>Gets whether a call should join: a run is queued, or the thread pool has more work, most of which is calls.</summary>
    public bool Pays => Volatile.Read(ref isScheduled) || ThreadPool.PendingWorkItemCount > 1;

    /// <summary>Joins the next batch. Await the result once.</summary>
    /// <param name="version">A version that the caller leases until the result completes.</param>
    /// <param name="input">Pixels or floats, of the right size.</param>
    /// <param name="outputs">Receives images×classes.</param>
    /// <param name="caller">Deadline and cancellation, checked right before the run.</param>
    /// <param name="clock">The request's clock, which ends here.</param>
    /// <param name="runs">False leaves the run to <see cref="RunJoined"/>, which must follow.</param>
    /// <exception cref="InferenceException">The queue of the device is full. The clock goes on.</exception>
    public ValueTask<RequestPhases> JoinAsync(
        ServedVersion version, in InferenceInput input, Memory<float> outputs, in Caller caller, in RunClock clock, bool runs = true)
    {
        ValueTask<RequestPhases> answer;
        List<Call>? batch = null;
        lock (gate)
        {
            if (device is not null && !caller.Patient && waiting.Count >= queueLength)
                throw Admission.Full(waiting.Count, queueLength);
            var call = resting.TryPop(out var rested) ? rested : new(this);
            answer = call.Begin(version, input, outputs, caller, clock);
            waiting.Add(call);
            images += call.Images;
            if (device is null && images >= most)
                batch = Take();
            else if (runs)
                Schedule();
        }
        if (batch is not null)
            Run(batch);
        return answer;
    }

    /// <summary>Runs the calls that have joined, on this thread. Not for a device.</summary>
    public void RunJoined()
    {
        List<Call> batch;
        lock (gate)
        {
            batch = Take();
            if (waiting.Count > 0)
                Schedule();
        }
        Run(batch);
    }

    void IThreadPoolWorkItem.Execute() => RunScheduled();

    private void RunScheduled()
    {
        List<Call> batch;
        lock (gate)
        {
            batch = Take();
            if (device is null)
                ScheduleRest();
        }
        Run(batch);
        if (device is not null)
            lock (gate)
                ScheduleRest();
    }

    // Under the lock.
    private void ScheduleRest()
    {
        isScheduled = false;
        if (waiting.Count > 0)
            Schedule();
    }

    // Under the lock.
    private void Schedule()
    {
        if (isScheduled)
            return;
        isScheduled = true;
        if (device is null)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else
            device.Add(RunScheduled);
    }

    /// <summary>Takes the first call and all that fit to it. Under the lock.</summary>
    private List<Call> Take()
    {
        var batch = batches.TryPop(out var used) ? used : new(most);
        var taken = 0;
        var kept = 0;
        for (var index = 0; index < waiting.Count; index++)
        {
            var call = waiting[index];
            if (batch.Count == 0 || (call.FitsTo(batch[0]) && taken + call.Images <= MostOf(batch[0].Version)))
            {
                batch.Add(call);
                taken += call.Images;
            }
            else
            {
                waiting[kept++] = call;
            }
        }
        waiting.RemoveRange(kept, waiting.Count - kept);
        images -= taken;
        return batch;
    }

    private int MostOf(ServedVersion version) => device is null ? Math.Min(most, version.QuickImages) : most;

    private void Run(List<Call> batch)
    {
        RejectLost(batch);
        if (batch.Count > 0)
            Complete(batch);
        batch.Clear();
        lock (gate)
            batches.Push(batch);
    }

    private void RejectLost(List<Call> batch)
    {
        for (var index = batch.Count - 1; index >= 0; index--)
            if (batch[index].Caller.LostInterest(time) is { } lost)
            {
                batch[index].Fail(lost);
                batch.RemoveAt(index);
            }
    }

    private void Complete(List<Call> batch)
    {
        var count = 0;
        foreach (var call in batch)
            count += call.Images;
        var started = Stopwatch.GetTimestamp();
        Exception? failure = null;
        try
        {
            Compute(batch, device is null ? count : BatchSizes.Next(count, most));
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        var ticks = Stopwatch.GetTimestamp() - started;
        if (failure is null)
            batch[0].Version.Metrics.RecordRun(count, ticks);
        foreach (var call in batch)
            if (failure is null)
            {
                call.Input.Watch(call.Version, call.Outputs.Span);
                call.Succeed(started, ticks);
            }
            else
            {
                call.Fail(failure);
            }
    }

    private static void Compute(List<Call> batch, int padded)
    {
        if (batch is [var alone] && (padded == alone.Images || alone.Images > padded))
        {
            alone.Input.Run(alone.Version.Model, alone.Outputs.Span);
            return;
        }
        var version = batch[0].Version;
        var bytes = padded * (batch[0].Input.Data.Length / batch[0].Images);
        var outputs = padded * version.Facts.RowLength;
        var data = ArrayPool<byte>.Shared.Rent(bytes);
        var results = ArrayPool<float>.Shared.Rent(outputs);
        var filled = 0;
        foreach (var call in batch)
        {
            call.Input.Data.Span.CopyTo(data.AsSpan(filled));
            filled += call.Input.Data.Length;
        }
        data.AsSpan(filled, bytes - filled).Clear();
        new InferenceInput(batch[0].Input.Kind, data.AsMemory(0, bytes)).Run(version.Model, results.AsSpan(0, outputs));
        var row = 0;
        foreach (var call in batch)
        {
            results.AsSpan(row, call.Outputs.Length).CopyTo(call.Outputs.Span);
            row += call.Outputs.Length;
        }
        ArrayPool<byte>.Shared.Return(data);
        ArrayPool<float>.Shared.Return(results);
    }
}
