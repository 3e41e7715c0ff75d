using System.Globalization;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>Runs the calls of both protocols, gRPC and REST.</summary>
internal sealed class CallRunner(
    ModelRepository repository, InferencePipeline pipeline, LimitOptions limits, ServerMetrics metrics, TimeProvider time)
{
    /// <summary>Runs a call. Completes synchronously if the call is quick and runs alone.</summary>
    /// <exception cref="InferenceException">The call failed. The message is Triton's, if Triton has one.</exception>
    public async ValueTask<CallAnswer> RunAsync(InferenceCall call, Caller caller, RatedClient? client)
    {
        using var lease = Lease(call.Model, call.Version);
        var version = lease.Version;
        var input = Check(call, version, client);
        var rows = new float[input.Count * version.Facts.RowLength];
        var expiry = call.Timeout is { } timeout ? time.GetUtcNow().UtcDateTime + timeout : DateTime.MaxValue;
        var isExpiry = expiry < caller.Deadline;
        try
        {
            var phases = await RunAsync(version, input, rows, isExpiry ? caller with { Deadline = expiry } : caller);
            return CallAnswer.Of(version.Name, Text(version.Version), version.Facts, rows, phases);
        }
        catch (InferenceException exception) when (isExpiry && exception.Kind == InferenceErrorKind.DeadlineExceeded)
        {
            throw new InferenceException(InferenceErrorKind.Unavailable, $"{call.LogPrefix}Request timeout expired", exception);
        }
        catch (InferenceException exception) when (exception.Kind == InferenceErrorKind.Overloaded)
        {
            throw new InferenceException(exception.Kind, $"{call.LogPrefix}Exceeds maximum queue size",
                exception)
            { RetryAfter = exception.RetryAfter };
        }
    }

    /// <summary>Reads a call. Counts an invalid call, which has no model yet.</summary>
    /// <exception cref="InferenceException">The exception of <paramref name="read"/>.</exception>
    public InferenceCall Read<T>(T request, Func<T, InferenceCall> read)
    {
        try
        {
            return read(request);
        }
        catch (InferenceException exception)
        {
            throw CountUnresolved(exception);
        }
    }

    /// <summary>Counts a request that failed before its model was resolved. Returns its error.</summary>
    public InferenceException CountUnresolved(InferenceException exception)
    {
        InferencePipeline.CountRefused(metrics.Unresolved, exception);
        return exception;
    }

    /// <summary>Leases a version. The error has Triton's message.</summary>
    public ModelLease Lease(string model, string version)
    {
        try
        {
            return repository.Lease(model, version);
        }
        catch (InferenceException exception)
        {
            CountUnresolved(exception);
            var asked = version.Length == 0 ? $"'{Excerpt.Of(model)}'" : $"'{Excerpt.Of(model)}' version {Excerpt.Of(version)}";
            if (exception.Kind is not (InferenceErrorKind.NotFound or InferenceErrorKind.Unavailable))
                throw;
            var state = exception.Kind == InferenceErrorKind.NotFound ? "found" : "at ready state";
            throw new InferenceException(
                exception.Kind, $"Request for unknown model: {asked} is not {state}: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a version as the protocol does.</summary>
    public static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private ModelInput Check(InferenceCall call, ServedVersion version, RatedClient? client)
    {
        try
        {
            _ = CallOutputs.Resolve(call, version.Name, version.Facts);
            var input = ModelInput.From(call, version.Name, version.Facts, limits.MaxBatch);
            RatedClient.RequireRate(client, input.Count);
            return input;
        }
        catch (InferenceException exception)
        {
            InferencePipeline.CountRefused(version.Metrics, exception);
            throw;
        }
    }

    private ValueTask<RequestPhases> RunAsync(ServedVersion version, in ModelInput input, float[] outputs, Caller caller) => input switch
    {
        { Encoded: [var single] } => pipeline.RunAsync(version, new(InputKind.Encoded, single), outputs, caller),
        { Encoded: { } images } => RunImagesAsync(version, images, outputs, caller),
        { Floats.Length: > 0 } => pipeline.RunAsync(version, new(InputKind.Floats, input.Floats), outputs, caller),
        _ => pipeline.RunAsync(version, new(InputKind.Pixels, input.Pixels), outputs, caller),
    };

    // The protocol has no answer for a part of a request, so one bad image fails the whole request.
    private async ValueTask<RequestPhases> RunImagesAsync(
        ServedVersion version, ReadOnlyMemory<byte>[] images, float[] outputs, Caller caller)
    {
        var errors = new InferenceException?[images.Length];
        var phases = await pipeline.RunManyAsync(
            version, [.. images.Select(image => new InferenceInput(InputKind.Encoded, image))], outputs, errors, caller);
        var first = Array.FindIndex(errors, error => error is not null);
        return first < 0
            ? phases
            : throw new InferenceException(errors[first]!.Kind, $"image {first}: {errors[first]!.Message}", errors[first]);
    }
}
