using System.Diagnostics;
using System.Threading.Channels;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// Runs requests in batches of what gathered while the batch before ran, as a GPU wants it. An idle device takes a request at once; only a
/// configured delay ever waits for more. Batches are padded to a few warmed sizes, because CUDA searches its algorithms anew for each size it has
/// not seen. Callers who have gone are dropped before a batch forms.
/// </summary>
internal sealed class GatheredRuns : IDisposable
{
    private readonly ClassifierModel model;
    private readonly ModelMetrics metrics;
    private readonly IReadOnlyList<int> sizes;
    private readonly PipelineOptions options;
    private readonly TimeProvider time;
    private readonly Channel<Request> waiting;
    private readonly RunThreads thread = new(1);
    private readonly Task worker;
    private readonly byte[] data;
    private readonly float[] results;

    public GatheredRuns(ClassifierModel model, ModelMetrics metrics, IReadOnlyList<int> sizes, PipelineOptions options, TimeProvider time)
    {
        (this.model, this.metrics, this.sizes, this.options, this.time) = (model, metrics, sizes, options, time);
        waiting = Channel.CreateBounded<Request>(new BoundedChannelOptions(Math.Max(1, options.QueueLength)) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        data = new byte[sizes[^1] * model.Facts.Input.Count * sizeof(float)];
        results = new float[sizes[^1] * model.Facts.Classes];
        worker = Task.Run(WorkAsync);
    }

    /// <summary>The sizes that batches are padded to: powers of two up to <paramref name="largest"/>, and it.</summary>
    public static IReadOnlyList<int> Sizes(int largest)
    {
        var sizes = new List<int>();
        for (var size = 1; size < largest; size *= 2)
            sizes.Add(size);
        return [.. sizes, largest];
    }

    /// <summary>Joins the next batch.</summary>
    /// <param name="input">Images of one request: bytes or floats.</param>
    /// <param name="floats">The bytes are little-endian floats.</param>
    /// <param name="outputs">Receives images×classes.</param>
    /// <param name="caller">Deadline and cancellation.</param>
    /// <returns>Ticks waited and ticks run.</returns>
    /// <exception cref="InferenceException">The queue is full, the caller has gone, its deadline passed, or the model failed.</exception>
    public async Task<(long Waited, long Inference)> RunAsync(ReadOnlyMemory<byte> input, bool floats, Memory<float> outputs, Caller caller)
    {
        var request = new Request(input, floats, outputs, caller, outputs.Length / model.Facts.Classes);
        if (!waiting.Writer.TryWrite(request))
        {
            if (!caller.Patient)
                throw new InferenceException(InferenceErrorKind.Overloaded, $"{waiting.Reader.Count} requests wait already, expected at most {options.QueueLength}; try again a little later")
                {
                    RetryAfter = TimeSpan.FromMilliseconds(Math.Clamp(waiting.Reader.Count, 1, 1000)),
                };
            await WriteAsync(request, caller.Gone);
        }
        await using var gone = caller.Gone.UnsafeRegister(static state => ((Request)state!).Abandon(Wait.Cancelled()), request);
        using var late = caller.Deadline == DateTime.MaxValue ? null : time.CreateTimer(
            static state => ((Request)state!).Abandon(Wait.DeadlineExceeded("while it waited for a batch")), request, Wait.Until(caller.Deadline, time), Timeout.InfiniteTimeSpan);
        return await request.Completion.Task;
    }

    private async Task WriteAsync(Request request, CancellationToken gone)
    {
        try
        {
            await waiting.Writer.WriteAsync(request, gone);
        }
        catch (OperationCanceledException)
        {
            throw Wait.Cancelled();
        }
    }

    public void Dispose()
    {
        waiting.Writer.TryComplete();
        worker.Wait();
        thread.Dispose();
    }

    private async Task WorkAsync()
    {
        var batch = new List<Request>();
        Request? next = null;
        while (next is not null || await waiting.Reader.WaitToReadAsync())
        {
            next = Gather(batch, next);
            if (batch.Count > 0 && next is null && options.MaxQueueDelay > TimeSpan.Zero && batch.Sum(request => request.Images) < sizes[^1])
                next = await GatherMoreAsync(batch);
            // A device may take its time, and a thread of the pool would be missed.
            await thread;
            Run(batch);
            batch.Clear();
        }
    }

    /// <summary>Takes what is there and fits; returns the first that does not fit.</summary>
    private Request? Gather(List<Request> batch, Request? first)
    {
        var images = batch.Sum(request => request.Images);
        while (first is not null || waiting.Reader.TryRead(out first))
        {
            if (!first.Completion.Task.IsCompleted)
            {
                if (batch.Count > 0 && (images + first.Images > sizes[^1] || first.Floats != batch[0].Floats))
                    return first;
                batch.Add(first);
                images += first.Images;
            }
            first = null;
        }
        return null;
    }

    private async Task<Request?> GatherMoreAsync(List<Request> batch)
    {
        using var patience = new CancellationTokenSource(options.MaxQueueDelay, time);
        Request? next = null;
        try
        {
            while (next is null && batch.Sum(request => request.Images) < sizes[^1] && await waiting.Reader.WaitToReadAsync(patience.Token))
                next = Gather(batch, null);
        }
        catch (OperationCanceledException)
        {
            // The delay is over: what gathered is the batch.
        }
        return next;
    }

    private void Run(List<Request> batch)
    {
        batch.RemoveAll(request => !request.TryClaim());
        if (batch.Count == 0)
            return;
        try
        {
            var start = Stopwatch.GetTimestamp();
            if (batch is [{ Images: var images } alone] && images > sizes[^1])
                Run(alone.Input.Span, alone.Floats, alone.Outputs.Span);
            else
                RunPadded(batch);
            var ticks = Stopwatch.GetTimestamp() - start;
            metrics.RecordRun(batch.Sum(request => request.Images), ticks);
            foreach (var request in batch)
                request.Completion.TrySetResult((start - request.Arrived, ticks));
        }
        catch (Exception exception)
        {
            foreach (var request in batch)
                request.Completion.TrySetException(exception);
        }
    }

    private void RunPadded(List<Request> batch)
    {
        var images = batch.Sum(request => request.Images);
        var padded = sizes.First(size => size >= images);
        var imageBytes = model.Facts.Input.Count * (batch[0].Floats ? sizeof(float) : 1);
        var offset = 0;
        foreach (var request in batch)
        {
            request.Input.Span.CopyTo(data.AsSpan(offset));
            offset += request.Input.Length;
        }
        data.AsSpan(offset, (padded * imageBytes) - offset).Clear();
        Run(data.AsSpan(0, padded * imageBytes), batch[0].Floats, results.AsSpan(0, padded * model.Facts.Classes));
        var row = 0;
        foreach (var request in batch)
        {
            results.AsSpan(row, request.Outputs.Length).CopyTo(request.Outputs.Span);
            row += request.Outputs.Length;
        }
    }

    private void Run(ReadOnlySpan<byte> input, bool floats, Span<float> outputs)
    {
        if (floats)
            model.RunFloats(input, outputs);
        else
            model.Run(input, outputs);
    }

    private sealed class Request(ReadOnlyMemory<byte> input, bool floats, Memory<float> outputs, Caller caller, int images)
    {
        private int claimed;

        public ReadOnlyMemory<byte> Input { get; } = input;

        public bool Floats { get; } = floats;

        public Memory<float> Outputs { get; } = outputs;

        public Caller Caller { get; } = caller;

        public int Images { get; } = images;

        public long Arrived { get; } = Stopwatch.GetTimestamp();

        public TaskCompletionSource<(long Waited, long Inference)> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The run takes it: from here on its memory is in use until the run is done. False where the caller has gone before.</summary>
        public bool TryClaim() => Interlocked.Exchange(ref claimed, 1) == 0;

        /// <summary>The caller has gone; without effect once a run has it, because the run writes to the caller's memory.</summary>
        public void Abandon(InferenceException reason)
        {
            if (TryClaim())
                Completion.TrySetException(reason);
        }
    }
}
