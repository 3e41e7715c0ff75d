using System.Buffers;
using System.Diagnostics;
using LeNetServe.Imaging;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// The only path to a model: admit, decode, run, reply. The API leases a version from <see cref="ModelRepository"/>, translates its
/// request into an <see cref="InferenceInput"/>, and translates the outputs. A quick request needs no slot: it runs on the thread that
/// read it, together with the calls that wait for a thread (<see cref="Gatherer"/>). Work that takes a while needs a slot and runs on a
/// thread of <see cref="SlowWork"/>.
/// </summary>
internal sealed partial class InferencePipeline(SlowWork slow, PipelineOptions options, LimitOptions limits, TimeProvider time)
    : IDisposable
{
    private readonly Gatherer pool = new(options.MaxBatch, options.QueueLength, device: null, time);
    private readonly RunThreads deviceThread = new(1);
    private Gatherer? device;

    private Gatherer OnDevice =>
        LazyInitializer.EnsureInitialized(ref device, () => new(options.MaxDeviceBatch, options.QueueLength, deviceThread, time));

    /// <summary>Gets the number of requests that wait for a slot or for the device.</summary>
    public int Waiting => slow.Small.Waiting + slow.Large.Waiting + (device?.Waiting ?? 0);

    /// <summary>Runs one input, all of it or nothing. Completes at once and allocates nothing if it is quick and runs alone.</summary>
    /// <param name="version">A version that the caller leases until this completes.</param>
    /// <param name="input">The images.</param>
    /// <param name="outputs">Receives images×<see cref="Runtime.Models.ModelFacts.RowLength"/>: the unchanged outputs of the graph.</param>
    /// <param name="caller">Deadline and cancellation, checked in the queue, before decoding and before running.</param>
    /// <returns>The phases of the request. Never throws: failures are the task's.</returns>
    /// <exception cref="InferenceException">
    /// <see cref="InferenceErrorKind.InvalidInput"/>, <see cref="InferenceErrorKind.TooLarge"/>,
    /// <see cref="InferenceErrorKind.Overloaded"/>, <see cref="InferenceErrorKind.DeadlineExceeded"/>,
    /// <see cref="InferenceErrorKind.Cancelled"/> or <see cref="InferenceErrorKind.InvalidModel"/>.
    /// </exception>
    public ValueTask<RequestPhases> RunAsync(ServedVersion version, InferenceInput input, Memory<float> outputs, Caller caller)
    {
        var clock = new RunClock(version.Metrics);
        try
        {
            var images = outputs.Length / version.Facts.RowLength;
            RequireSize(version, input, images);
            if (input.Kind != InputKind.Encoded && IsOnDevice(version))
                return OnDevice.JoinAsync(version, input, outputs, caller, clock);
            if (input.Kind == InputKind.Encoded || images > version.QuickImages)
                return RunOnThreadAsync(version, input, outputs, caller, clock);
            if (images < Math.Min(pool.Most, version.QuickImages) && pool.Pays)
                return pool.JoinAsync(version, input, outputs, caller, clock);
            caller.RequireInterest(time);
            clock.Run(0, Infer(version, input, outputs.Span));
            return new(clock.Succeed(images));
        }
        catch (InferenceException exception)
        {
            clock.Fail(exception);
            return ValueTask.FromException<RequestPhases>(exception);
        }
    }

    /// <summary>Counts a request that the API rejected before it reached the pipeline.</summary>
    public static void CountRefused(ModelMetrics metrics, InferenceException exception) =>
        metrics.Record(ErrorMapping.Of(exception.Kind).Outcome, 0, default);

    /// <summary>
    /// Gets whether calls of pixels may be given to <see cref="JoinAsync"/>. A batch of a slow model would leave other cores idle.
    /// </summary>
    public static bool CanJoin(ServedVersion version) => version.QuickImages > 1 && !IsOnDevice(version);

    /// <summary>Runs one image of pixels together with others: those that join before <see cref="RunJoined"/>, which must follow.</summary>
    /// <inheritdoc cref="RunAsync" path="/*[not(self::summary)]"/>
    public ValueTask<RequestPhases> JoinAsync(ServedVersion version, InferenceInput input, Memory<float> outputs, Caller caller)
    {
        var clock = new RunClock(version.Metrics);
        try
        {
            RequireSize(version, input, 1);
            return pool.JoinAsync(version, input, outputs, caller, clock, runs: false);
        }
        catch (InferenceException exception)
        {
            clock.Fail(exception);
            return ValueTask.FromException<RequestPhases>(exception);
        }
    }

    /// <summary>Runs the calls that have joined.</summary>
    public void RunJoined() => pool.RunJoined();

    /// <summary>Runs many images, each of which may fail alone. The others run as one batch.</summary>
    /// <param name="version">A version that the caller leases until this completes.</param>
    /// <param name="images">Each one image: pixels of the exact size, or encoded.</param>
    /// <param name="outputs">Receives images×classes; the rows of failed images stay unchanged.</param>
    /// <param name="errors">The failure of each image, found by the API already or found here; null if the image succeeds.</param>
    /// <param name="caller">Deadline and cancellation.</param>
    /// <exception cref="InferenceException">The request as a whole failed, see <see cref="RunAsync"/>.</exception>
    public async ValueTask<RequestPhases> RunManyAsync(
        ServedVersion version, IReadOnlyList<InferenceInput> images, Memory<float> outputs, InferenceException?[] errors, Caller caller)
    {
        var clock = new RunClock(version.Metrics);
        byte[]? pixels = null;
        float[]? results = null;
        var good = 0;
        try
        {
            RequireCount(images.Count);
            var admission = slow.AdmissionOf(RequireFewPixels(images), images.Count);
            var threads = slow.ThreadsOf(admission);
            var size = version.Facts.Input.Count;
            var row = version.Facts.RowLength;
            var isQuick = images.Count <= version.QuickImages && images.All(image => image.Kind == InputKind.Pixels);
            if (!isQuick)
                await admission.EnterAsync(caller);
            try
            {
                if (!isQuick)
                    await threads;
                clock.Admit();
                // Memory is rented after admission, so that requests that wait or are rejected hold none.
                pixels = ArrayPool<byte>.Shared.Rent(images.Count * size);
                results = ArrayPool<float>.Shared.Rent(images.Count * row);
                for (var index = 0; index < images.Count; index++)
                {
                    caller.RequireInterest(time);
                    if ((errors[index] ??= TryDecode(version, images[index], pixels.AsSpan(good * size, size))) is null)
                        good++;
                }
                clock.Decode();
                caller.RequireInterest(time);
                if (good > 0 && !IsOnDevice(version))
                    clock.Run(0, Infer(version, new(InputKind.Pixels, pixels.AsMemory(0, good * size)), results.AsSpan(0, good * row)));
            }
            finally
            {
                if (!isQuick)
                {
                    admission.Exit();
                    await RunThreads.LeaveAsync();
                }
            }
            if (good > 0 && IsOnDevice(version))
            {
                var input = new InferenceInput(InputKind.Pixels, pixels.AsMemory(0, good * size));
                clock.Run(await OnDevice.JoinAsync(version, input, results.AsMemory(0, good * row), caller, new(null)));
            }
            Scatter(results, row, errors, outputs.Span);
            return clock.Succeed(good);
        }
        catch (Exception exception)
        {
            clock.Fail(exception);
            throw;
        }
        finally
        {
            if (pixels is not null)
                ArrayPool<byte>.Shared.Return(pixels);
            if (results is not null)
                ArrayPool<float>.Shared.Return(results);
        }
    }

    public void Dispose() => deviceThread.Dispose();

    private async ValueTask<RequestPhases> RunOnThreadAsync(
        ServedVersion version, InferenceInput input, Memory<float> outputs, Caller caller, RunClock clock)
    {
        byte[]? pixels = null;
        try
        {
            var images = outputs.Length / version.Facts.RowLength;
            var admission = slow.AdmissionOf(input.Kind == InputKind.Encoded ? PictureSize.Pixels(input.Data.Span) : 0, images);
            await admission.EnterAsync(caller);
            try
            {
                await slow.ThreadsOf(admission);
                clock.Admit();
                caller.RequireInterest(time);
                if (input.Kind == InputKind.Encoded)
                {
                    pixels = ArrayPool<byte>.Shared.Rent(version.Facts.Input.Count);
                    input = Decode(version, input, pixels.AsMemory(0, version.Facts.Input.Count));
                    clock.Decode();
                    caller.RequireInterest(time);
                }
                if (!IsOnDevice(version))
                    clock.Run(0, Infer(version, input, outputs.Span));
            }
            finally
            {
                admission.Exit();
                await RunThreads.LeaveAsync();
            }
            if (IsOnDevice(version))
                clock.Run(await OnDevice.JoinAsync(version, input, outputs, caller, new(null)));
            return clock.Succeed(images);
        }
        catch (Exception exception)
        {
            clock.Fail(exception);
            throw;
        }
        finally
        {
            if (pixels is not null)
                ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private static InferenceInput Decode(ServedVersion version, in InferenceInput input, Memory<byte> pixels) =>
        TryDecode(version, input, pixels.Span) is { } error ? throw error : new(InputKind.Pixels, pixels);

    private static InferenceException? TryDecode(ServedVersion version, in InferenceInput image, Span<byte> pixels)
    {
        if (image.Kind == InputKind.Encoded)
        {
            try
            {
                version.Preprocessor(image.Geometry).Process(image.Data.Span, pixels);
                return null;
            }
            catch (ImageException exception)
            {
                var (kind, remedy) = exception.Fault == ImageFault.TooLarge
                    ? (InferenceErrorKind.TooLarge, $"; {LimitOptions.Remedy(nameof(LimitOptions.MaxImagePixels))}")
                    : (InferenceErrorKind.InvalidInput, "");
                return new(kind, exception.Message + remedy, exception) { Field = "image.encoded" };
            }
        }
        if (image.Data.Length != pixels.Length)
            return WrongSize(version, image.Data.Length, pixels.Length);
        image.Data.Span.CopyTo(pixels);
        return null;
    }

    private static long Infer(ServedVersion version, in InferenceInput input, Span<float> outputs)
    {
        var start = Stopwatch.GetTimestamp();
        input.Run(version.Model, outputs);
        var ticks = Stopwatch.GetTimestamp() - start;
        version.Metrics.RecordRun(outputs.Length / version.Facts.RowLength, ticks);
        input.Watch(version, outputs);
        return ticks;
    }

    private static bool IsOnDevice(ServedVersion version) => version.Model.Device == Device.Cuda;

    private static void Scatter(float[] results, int row, InferenceException?[] errors, Span<float> outputs)
    {
        var good = 0;
        for (var index = 0; index < errors.Length; index++)
            if (errors[index] is null)
                results.AsSpan(good++ * row, row).CopyTo(outputs[(index * row)..]);
    }

    /// <summary>Checks the size of an input before anything is spent on it.</summary>
    private void RequireSize(ServedVersion version, in InferenceInput input, int images)
    {
        RequireCount(images);
        var expected = images * input.BytesOf(version.Facts.Input.Count);
        if (input.Kind != InputKind.Encoded && input.Data.Length != expected)
            throw WrongSize(version, input.Data.Length, expected);
    }

    /// <summary>Rejects more images than a request may have.</summary>
    /// <exception cref="InferenceException">There are too many.</exception>
    public void RequireCount(int images)
    {
        if (images > limits.MaxBatch)
            throw new InferenceException(InferenceErrorKind.TooLarge, $"{images} images in one request, expected at most {limits.MaxBatch}")
            {
                Field = "images",
            };
    }

    /// <summary>Adds up the pixels that the headers of the pictures promise.</summary>
    private long RequireFewPixels(IReadOnlyList<InferenceInput> images)
    {
        var budget = new PixelBudget(limits.MaxRequestPixels);
        foreach (var image in images)
            budget.Add(image.Kind == InputKind.Encoded ? image.Data.Span : []);
        return budget.Pixels;
    }

    private static InferenceException WrongSize(ServedVersion version, int found, int expected) => InferenceException.InvalidInput(
        $"{found} bytes of pixels, expected {expected} ({version.Facts.Input} for {version})", "image.pixels");
}
