using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using LeNetServe.Imaging;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// The only path to a model: admit → queue → decode → run → count. The edges lease a version from <see cref="ModelRepository"/>, translate their
/// request into an <see cref="InferenceInput"/>, call <see cref="RunAsync"/> (or <see cref="RunManyAsync"/> where each image may fail on its own),
/// and translate the outputs. On the CPU a quick request runs at once on its caller's thread, and one that takes a while on <see cref="RunThreads"/>; where a
/// version gathers batches it joins the next one.
/// </summary>
internal sealed class InferencePipeline(RunSlots slots, RunThreads threads, LimitOptions limits, TimeProvider time)
{
    /// <summary>Whether a request would find a place now.</summary>
    public bool HasRoom => slots.Busy < slots.Concurrency;

    /// <summary>
    /// Runs one input, all of it or nothing. Completes at once, and allocates nothing, where it is quick, a place is free, and it joins no others.
    /// </summary>
    /// <param name="version">A version that the caller holds a lease of until this completes.</param>
    /// <param name="input">What to classify.</param>
    /// <param name="outputs">Receives images×classes: the graph's output as it is.</param>
    /// <param name="caller">Deadline and cancellation, honoured in the queue, before decoding and before running.</param>
    /// <returns>Where the time went; never throws, failures are the task's.</returns>
    /// <exception cref="InferenceException">
    /// <see cref="InferenceErrorKind.InvalidInput"/>, <see cref="InferenceErrorKind.TooLarge"/>, <see cref="InferenceErrorKind.Overloaded"/>,
    /// <see cref="InferenceErrorKind.DeadlineExceeded"/>, <see cref="InferenceErrorKind.Cancelled"/> or <see cref="InferenceErrorKind.InvalidModel"/>.
    /// </exception>
    public ValueTask<RequestPhases> RunAsync(ServedVersion version, InferenceInput input, Memory<float> outputs, Caller caller) =>
        version.Opportunistic is { } together && IsOneOfPixels(version, input, outputs.Length) && !caller.Patient && HasRoom && together.Pays
            ? together.RunAsync(this, input, outputs, caller)
            : RunAloneAsync(version, input, outputs, caller);

    /// <summary>The same, and joins no others.</summary>
    /// <inheritdoc cref="RunAsync" path="/*[not(self::summary)]"/>
    public ValueTask<RequestPhases> RunAloneAsync(ServedVersion version, InferenceInput input, Memory<float> outputs, Caller caller)
    {
        var start = Stopwatch.GetTimestamp();
        if (!IsQuick(version, input, outputs.Length) || !slots.TryEnter())
            return RunQueuedAsync(version, input, outputs, caller, start);
        var phases = default(RequestPhases) with { Queue = Stopwatch.GetTimestamp() - start };
        version.Metrics.Enter();
        try
        {
            RequireSize(version, input, outputs.Length);
            RunNow(version, input, outputs.Span, caller, ref phases);
            Succeed(version, outputs.Length / version.Facts.Classes, ref phases, start);
            return new(phases);
        }
        catch (InferenceException exception)
        {
            Fail(version, exception, ref phases, start);
            return ValueTask.FromException<RequestPhases>(exception);
        }
        finally
        {
            slots.ExitQuick();
            version.Metrics.Leave();
        }
    }

    /// <summary>Runs many images that may each fail on their own; those that do not are run together.</summary>
    /// <param name="version">A version that the caller holds a lease of until this completes.</param>
    /// <param name="images">Each one image: pixels of the exact size, or encoded.</param>
    /// <param name="outputs">Receives images×classes; the rows of failed images are left as they are.</param>
    /// <param name="errors">The failure of each image: what the edge found already, and what is found here; null where it succeeds.</param>
    /// <param name="caller">Deadline and cancellation.</param>
    /// <param name="requests">Where each image came as a request of its own: those. Their edge has entered them in the figures, they are recorded one by one, and those whose callers have no more interest are not run.</param>
    /// <exception cref="InferenceException">The request as a whole failed, see <see cref="RunAsync"/>.</exception>
    public async ValueTask<RequestPhases> RunManyAsync(
        ServedVersion version, IReadOnlyList<InferenceInput> images, Memory<float> outputs, InferenceException?[] errors, Caller caller, PipelineRequest[]? requests = null)
    {
        var start = Stopwatch.GetTimestamp();
        var phases = default(RequestPhases);
        var (size, classes) = (version.Facts.Input.Count, version.Facts.Classes);
        if (requests is null)
            version.Metrics.Enter();
        byte[]? pixels = null;
        float[]? results = null;
        try
        {
            if (images.Count > limits.MaxBatch)
                throw TooMany(images.Count);
            var (isQuick, good) = (images.All(image => image.Kind == InputKind.Pixels) && images.Count <= version.QuickImages, 0);
            await EnterAsync(caller, isQuick ? null : threads);
            try
            {
                if (!isQuick)
                    await threads;
                phases = phases with { Queue = Stopwatch.GetTimestamp() - start };
                // Not before there is a place: those who wait or are refused hold no memory.
                pixels = ArrayPool<byte>.Shared.Rent(images.Count * size);
                results = ArrayPool<float>.Shared.Rent(images.Count * classes);
                var decode = Stopwatch.GetTimestamp();
                for (var index = 0; index < images.Count; index++)
                    if ((errors[index] ??= (requests is null ? null : LostInterest(requests[index].Caller)) ?? TryDecode(version, images[index], pixels.AsSpan(good * size, size), caller)) is null)
                        good++;
                phases = phases with { Decode = Stopwatch.GetTimestamp() - decode };
                RequireInterest(caller);
                if (good > 0 && version.Gathered is null)
                    phases = phases with { Inference = Infer(version, pixels.AsSpan(0, good * size), false, results.AsSpan(0, good * classes)) };
            }
            finally
            {
                slots.Exit();
                if (!isQuick)
                    await RunThreads.LeaveAsync();
            }
            if (good > 0 && version.Gathered is { } gathered)
            {
                var (waited, inference) = await gathered.RunAsync(pixels.AsMemory(0, good * size), false, results.AsMemory(0, good * classes), caller);
                phases = phases with { Queue = phases.Queue + waited, Inference = inference };
            }
            Scatter(results, classes, errors, outputs.Span);
            if (requests is null)
                Succeed(version, good, ref phases, start);
            else
                CountEach(version, errors, requests, ref phases, start);
            return phases;
        }
        catch (InferenceException exception)
        {
            if (requests is null)
            {
                Fail(version, exception, ref phases, start);
                throw;
            }
            for (var index = 0; index < errors.Length; index++)
                errors[index] ??= exception;
            CountEach(version, errors, requests, ref phases, start);
            throw;
        }
        finally
        {
            if (requests is null)
                version.Metrics.Leave();
            if (pixels is not null)
                ArrayPool<byte>.Shared.Return(pixels);
            if (results is not null)
                ArrayPool<float>.Shared.Return(results);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RequestPhases> RunQueuedAsync(ServedVersion version, InferenceInput input, Memory<float> outputs, Caller caller, long start)
    {
        var phases = default(RequestPhases);
        version.Metrics.Enter();
        byte[]? decoded = null;
        try
        {
            RequireSize(version, input, outputs.Length);
            if (version.Gathered is null || input.Kind == InputKind.Encoded)
            {
                var isQuick = IsQuick(version, input, outputs.Length);
                await EnterAsync(caller, isQuick ? null : threads);
                try
                {
                    if (!isQuick)
                        await threads;
                    phases = phases with { Queue = Stopwatch.GetTimestamp() - start };
                    if (version.Gathered is null)
                        RunNow(version, input, outputs.Span, caller, ref phases);
                    else
                        input = DecodeForBatch(version, input, decoded = ArrayPool<byte>.Shared.Rent(version.Facts.Input.Count), caller, ref phases);
                }
                finally
                {
                    slots.Exit();
                    if (!isQuick)
                        await RunThreads.LeaveAsync();
                }
            }
            if (version.Gathered is { } batches)
            {
                var (waited, inference) = await batches.RunAsync(input.Data, input.Kind == InputKind.Floats, outputs, caller);
                phases = phases with { Queue = phases.Queue + waited, Inference = inference };
            }
            Succeed(version, outputs.Length / version.Facts.Classes, ref phases, start);
            return phases;
        }
        catch (InferenceException exception)
        {
            Fail(version, exception, ref phases, start);
            throw;
        }
        finally
        {
            version.Metrics.Leave();
            if (decoded is not null)
                ArrayPool<byte>.Shared.Return(decoded);
        }
    }

    private void RunNow(ServedVersion version, in InferenceInput input, Span<float> outputs, Caller caller, ref RequestPhases phases)
    {
        if (input.Kind != InputKind.Encoded)
        {
            RequireInterest(caller);
            phases = phases with { Inference = Infer(version, input.Data.Span, input.Kind == InputKind.Floats, outputs) };
            return;
        }
        var pixels = ArrayPool<byte>.Shared.Rent(version.Facts.Input.Count);
        try
        {
            var decoded = DecodeForBatch(version, input, pixels, caller, ref phases);
            RequireInterest(caller);
            phases = phases with { Inference = Infer(version, decoded.Data.Span, false, outputs) };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private InferenceInput DecodeForBatch(ServedVersion version, in InferenceInput input, byte[] pixels, Caller caller, ref RequestPhases phases)
    {
        var start = Stopwatch.GetTimestamp();
        var memory = pixels.AsMemory(0, version.Facts.Input.Count);
        if (TryDecode(version, input, memory.Span, caller) is { } error)
            throw error;
        phases = phases with { Decode = Stopwatch.GetTimestamp() - start };
        return new(InputKind.Pixels, memory);
    }

    private InferenceException? TryDecode(ServedVersion version, in InferenceInput image, Span<byte> pixels, Caller caller)
    {
        RequireInterest(caller);
        switch (image.Kind)
        {
            case InputKind.Pixels when image.Data.Length == pixels.Length:
                image.Data.Span.CopyTo(pixels);
                return null;
            case InputKind.Encoded:
                try
                {
                    version.Preprocessor(image.Geometry).Process(image.Data.Span, pixels);
                    return null;
                }
                catch (ImageException exception)
                {
                    var kind = exception.Fault == ImageFault.TooLarge ? InferenceErrorKind.TooLarge : InferenceErrorKind.InvalidInput;
                    return new(kind, exception.Message, exception) { Field = "image.encoded" };
                }
            default:
                return WrongSize(version, image.Data.Length, pixels.Length);
        }
    }

    private static long Infer(ServedVersion version, ReadOnlySpan<byte> data, bool floats, Span<float> outputs)
    {
        var start = Stopwatch.GetTimestamp();
        if (floats)
            version.Model.RunFloats(data, outputs);
        else
            version.Model.Run(data, outputs);
        var ticks = Stopwatch.GetTimestamp() - start;
        version.Metrics.RecordRun(outputs.Length / version.Facts.Classes, ticks);
        return ticks;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EnterAsync(Caller caller, RunThreads? then)
    {
        RequireInterest(caller);
        try
        {
            await slots.EnterAsync(caller.Patient, caller.Deadline, caller.Gone, then);
        }
        catch (OperationCanceledException)
        {
            throw time.GetUtcNow().UtcDateTime < caller.Deadline ? Wait.Cancelled() : Wait.DeadlineExceeded("while it waited for a place");
        }
    }

    private void RequireInterest(Caller caller)
    {
        if (LostInterest(caller) is { } exception)
            throw exception;
    }

    private InferenceException? LostInterest(Caller caller)
    {
        if (caller.Deadline != DateTime.MaxValue && time.GetUtcNow().UtcDateTime >= caller.Deadline)
            return Wait.DeadlineExceeded("before it ran");
        return caller.Gone.IsCancellationRequested ? Wait.Cancelled() : null;
    }

    private static bool IsQuick(ServedVersion version, in InferenceInput input, int outputs) =>
        version.Gathered is null && input.Kind != InputKind.Encoded && outputs <= version.QuickImages * version.Facts.Classes;

    private static bool IsOneOfPixels(ServedVersion version, in InferenceInput input, int outputs) =>
        outputs == version.Facts.Classes && input.Kind == InputKind.Pixels && input.Data.Length == version.Facts.Input.Count;

    private static void Scatter(float[] results, int classes, InferenceException?[] errors, Span<float> outputs)
    {
        var good = 0;
        for (var index = 0; index < errors.Length; index++)
            if (errors[index] is null)
                results.AsSpan(good++ * classes, classes).CopyTo(outputs[(index * classes)..]);
    }

    private static void Succeed(ServedVersion version, int images, ref RequestPhases phases, long start)
    {
        phases = phases with { Total = Stopwatch.GetTimestamp() - start };
        version.Metrics.Record(RequestOutcome.Ok, images, phases);
    }

    private static void CountEach(ServedVersion version, InferenceException?[] errors, PipelineRequest[] requests, ref RequestPhases phases, long start)
    {
        phases = phases with { Total = Stopwatch.GetTimestamp() - start };
        for (var index = 0; index < errors.Length; index++)
        {
            var before = start - requests[index].Arrived;
            var own = phases with { Queue = phases.Queue + before, Total = phases.Total + before };
            version.Metrics.Record(errors[index] is { } error ? ErrorMapping.Of(error.Kind).Outcome : RequestOutcome.Ok, errors[index] is null ? 1 : 0, own);
        }
    }

    /// <summary>Counts a request that its edge refused before it came this far.</summary>
    public static void CountRefused(ModelMetrics metrics, InferenceException exception) => metrics.Record(ErrorMapping.Of(exception.Kind).Outcome, 0, default);

    private static void Fail(ServedVersion version, InferenceException exception, ref RequestPhases phases, long start)
    {
        phases = phases with { Total = Stopwatch.GetTimestamp() - start };
        version.Metrics.Record(ErrorMapping.Of(exception.Kind).Outcome, 0, phases);
    }

    /// <summary>Checks an input's size before anything is spent on it.</summary>
    private void RequireSize(ServedVersion version, in InferenceInput input, int outputs)
    {
        var images = outputs / version.Facts.Classes;
        if (images > limits.MaxBatch)
            throw TooMany(images);
        var expected = images * version.Facts.Input.Count * (input.Kind == InputKind.Floats ? sizeof(float) : 1);
        if (input.Kind != InputKind.Encoded && input.Data.Length != expected)
            throw WrongSize(version, input.Data.Length, expected);
    }

    private static InferenceException WrongSize(ServedVersion version, int found, int expected) =>
        new(InferenceErrorKind.InvalidInput, $"{found} bytes of pixels, expected {expected} ({version.Facts.Input} for {version})") { Field = "image.pixels" };

    private InferenceException TooMany(int count) =>
        new(InferenceErrorKind.TooLarge, $"{count} images in one request, expected at most {limits.MaxBatch}") { Field = "images" };
}
