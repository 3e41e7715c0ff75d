using System.Buffers;
using System.Diagnostics;
using System.Threading.Tasks.Sources;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// Runs together the calls that wait for a thread of the pool anyway. The first that finds others behind it queues a run behind them; those that come before the run
/// join it. Nothing is waited for, and where no place is free each waits for its own. Who joins is a pooled object.
/// </summary>
internal sealed class OpportunisticRuns(ServedVersion version, int most)
{
    private readonly Lock gate = new();
    private readonly Queue<Call> waiting = new();
    private readonly Stack<Call> resting = new();
    private volatile bool isQueued;

    /// <summary>Whether a call should join: a run is queued, or others want a thread too, and where there is load most of what wants one are calls.</summary>
    public bool Pays => isQueued || ThreadPool.PendingWorkItemCount > 1;

    /// <summary>Joins the next run.</summary>
    /// <param name="pipeline">Where it runs.</param>
    /// <param name="input">Pixels of one image, of the right size.</param>
    /// <param name="outputs">Receives the classes.</param>
    /// <param name="caller">Deadline and cancellation.</param>
    /// <returns>Where the time went. Await it once.</returns>
    /// <exception cref="InferenceException">As <see cref="InferencePipeline.RunAsync"/>; the task's.</exception>
    public ValueTask<RequestPhases> RunAsync(InferencePipeline pipeline, in InferenceInput input, Memory<float> outputs, in Caller caller)
    {
        version.Metrics.Enter();
        lock (gate)
        {
            if (!resting.TryPop(out var call))
                call = new(this);
            waiting.Enqueue(call);
            QueueRun(pipeline);
            return call.Begin(input, outputs, new(caller, Stopwatch.GetTimestamp()));
        }
    }

    // Under the lock.
    private void QueueRun(InferencePipeline pipeline)
    {
        if (isQueued)
            return;
        isQueued = true;
        ThreadPool.UnsafeQueueUserWorkItem(static run => _ = run.Calls.RunWaitingAsync(run.Pipeline), (Calls: this, Pipeline: pipeline), preferLocal: false);
    }

    private async Task RunWaitingAsync(InferencePipeline pipeline)
    {
        var calls = Take(pipeline);
        if (calls.Length > 1 && pipeline.HasRoom)
        {
            await RunTogetherAsync(pipeline, calls);
            return;
        }
        foreach (var call in calls)
            _ = RunAloneAsync(pipeline, call);
    }

    private async Task RunTogetherAsync(InferencePipeline pipeline, Call[] calls)
    {
        var (started, classes) = (Stopwatch.GetTimestamp(), version.Facts.Classes);
        var (phases, errors, failure) = (default(RequestPhases), new InferenceException?[calls.Length], default(Exception));
        var (inputs, requests) = (Array.ConvertAll(calls, call => call.Input), Array.ConvertAll(calls, call => call.Request));
        var outputs = ArrayPool<float>.Shared.Rent(calls.Length * classes);
        try
        {
            var caller = new Caller(requests.Max(request => request.Caller.Deadline), CancellationToken.None);
            phases = await pipeline.RunManyAsync(version, inputs, outputs.AsMemory(0, calls.Length * classes), errors, caller, requests);
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        version.Metrics.Leave(calls.Length);
        for (var index = 0; index < calls.Length; index++)
        {
            if ((errors[index] ?? failure) is null)
                outputs.AsSpan(index * classes, classes).CopyTo(calls[index].Outputs.Span);
            calls[index].Complete(phases, started, errors[index] ?? failure);
        }
        ArrayPool<float>.Shared.Return(outputs);
    }

    private async Task RunAloneAsync(InferencePipeline pipeline, Call call)
    {
        var (started, phases, failure) = (Stopwatch.GetTimestamp(), default(RequestPhases), default(Exception));
        // The pipeline enters it itself.
        version.Metrics.Leave();
        try
        {
            phases = await pipeline.RunAloneAsync(version, call.Input, call.Outputs, call.Request.Caller);
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        call.Complete(phases, started, failure);
    }

    private Call[] Take(InferencePipeline pipeline)
    {
        lock (gate)
        {
            var calls = new Call[Math.Min(waiting.Count, most)];
            for (var index = 0; index < calls.Length; index++)
                calls[index] = waiting.Dequeue();
            isQueued = false;
            if (waiting.Count > 0)
                QueueRun(pipeline);
            return calls;
        }
    }

    private void Rest(Call call)
    {
        lock (gate)
            resting.Push(call);
    }

    /// <summary>A call that waits for its run.</summary>
    private sealed class Call(OpportunisticRuns runs) : IValueTaskSource<RequestPhases>
    {
        private ManualResetValueTaskSourceCore<RequestPhases> source;

        public InferenceInput Input { get; private set; }

        public Memory<float> Outputs { get; private set; }

        public PipelineRequest Request { get; private set; }

        public ValueTask<RequestPhases> Begin(in InferenceInput input, Memory<float> outputs, in PipelineRequest request)
        {
            (Input, Outputs, Request) = (input, outputs, request);
            return new(this, source.Version);
        }

        /// <summary>Goes on with the call, on this thread.</summary>
        public void Complete(RequestPhases phases, long started, Exception? failure)
        {
            var before = started - Request.Arrived;
            if (failure is null)
                source.SetResult(phases with { Queue = phases.Queue + before, Total = phases.Total + before });
            else
                source.SetException(failure);
        }

        public RequestPhases GetResult(short token)
        {
            try
            {
                return source.GetResult(token);
            }
            finally
            {
                // At rest it keeps neither its caller nor an exception alive.
                source.Reset();
                (Input, Outputs, Request) = (default, default, default);
                runs.Rest(this);
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            source.OnCompleted(continuation, state, token, flags);
    }
}
