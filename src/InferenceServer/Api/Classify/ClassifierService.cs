using System.Buffers;
using Grpc.Core;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>The edge of <c>lenetserve.v1.Classifier</c>: translates, and leaves the rest to the pipeline.</summary>
internal sealed partial class ClassifierService(
    ModelRepository repository, InferencePipeline pipeline, LimitOptions limits, ServerMetrics metrics, ServerLifecycle lifecycle) : Classifier.ClassifierBase
{
    public override Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context)
    {
        var answer = ClassifyAsync(request, new Caller(context), ServerTiming.AskedBy(context));
        return answer.IsCompletedSuccessfully ? answer : GrpcErrors.TranslateAsync(answer);
    }

    public override Task<ClassifyBatchResponse> ClassifyBatch(ClassifyBatchRequest request, ServerCallContext context) =>
        GrpcErrors.TranslateAsync(ClassifyBatchAsync(request, new Caller(context), ServerTiming.AskedBy(context)));

    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { ModelDescriptions.All(repository.Current) } });

    public override Task<Model> GetModel(GetModelRequest request, ServerCallContext context) => GrpcErrors.TranslateAsync(GetModelAsync(request));

    /// <summary>Classifies one image; completes at once, on the caller's thread, where a place is free.</summary>
    /// <exception cref="InferenceException">The request failed; the task's.</exception>
    internal Task<ClassifyResponse> ClassifyAsync(ClassifyRequest request, Caller caller, Action<RequestPhases>? timing = null)
    {
        ModelLease lease;
        try
        {
            lease = Lease(request.Model, request.Version);
        }
        catch (InferenceException exception)
        {
            return Task.FromException<ClassifyResponse>(exception);
        }
        var outputs = ArrayPool<float>.Shared.Rent(lease.Version.Facts.Classes);
        try
        {
            var run = StartAsync(request, lease.Version, outputs, caller);
            if (!run.IsCompletedSuccessfully)
                return FinishAsync(run, request, lease, outputs, timing);
            var phases = run.Result;
            timing?.Invoke(phases);
            var response = Reply(request.TopK, lease.Version, outputs.AsSpan(0, lease.Version.Facts.Classes));
            Return(lease, outputs);
            return Task.FromResult(response);
        }
        catch
        {
            Return(lease, outputs);
            throw;
        }
    }

    private ValueTask<RequestPhases> StartAsync(ClassifyRequest request, ServedVersion version, float[] outputs, Caller caller)
    {
        try
        {
            Inputs.RequireTopK(request.TopK);
            return pipeline.RunAsync(version, Inputs.Of(request.Image, request.Geometry), outputs.AsMemory(0, version.Facts.Classes), caller);
        }
        catch (InferenceException exception)
        {
            InferencePipeline.CountRefused(version.Metrics, exception);
            return ValueTask.FromException<RequestPhases>(exception);
        }
    }

    private static async Task<ClassifyResponse> FinishAsync(ValueTask<RequestPhases> run, ClassifyRequest request, ModelLease lease, float[] outputs, Action<RequestPhases>? timing)
    {
        try
        {
            var phases = await run;
            timing?.Invoke(phases);
            return Reply(request.TopK, lease.Version, outputs.AsSpan(0, lease.Version.Facts.Classes));
        }
        finally
        {
            Return(lease, outputs);
        }
    }

    private static ClassifyResponse Reply(int topK, ServedVersion version, Span<float> outputs)
    {
        var response = new ClassifyResponse { Model = version.Name, Version = version.Version };
        Predictions.Add(response.Predictions, version, outputs, topK);
        return response;
    }

    private static void Return(ModelLease lease, float[] outputs)
    {
        lease.Dispose();
        ArrayPool<float>.Shared.Return(outputs);
    }

    /// <summary>Classifies many images, each with its own answer or error.</summary>
    internal async Task<ClassifyBatchResponse> ClassifyBatchAsync(ClassifyBatchRequest request, Caller caller, Action<RequestPhases>? timing = null)
    {
        using var lease = Lease(request.Model, request.Version);
        var version = lease.Version;
        var (classes, errors) = (version.Facts.Classes, new InferenceException?[request.Images.Count]);
        var outputs = new float[Math.Min(request.Images.Count, limits.MaxBatch) * classes];
        try
        {
            Inputs.RequireTopK(request.TopK);
            var images = request.Images.Select((image, index) => Inputs.TryOf(image, request.Geometry, out errors[index])).ToArray();
            var phases = await pipeline.RunManyAsync(version, images, outputs, errors, caller);
            timing?.Invoke(phases);
        }
        catch (InferenceException exception) when (exception.Field == "top_k")
        {
            InferencePipeline.CountRefused(version.Metrics, exception);
            throw;
        }
        var response = new ClassifyBatchResponse { Model = version.Name, Version = version.Version };
        for (var index = 0; index < errors.Length; index++)
        {
            var item = new BatchItem { Error = errors[index]?.ToError() };
            if (item.Error is null)
                Predictions.Add(item.Predictions, version, outputs.AsSpan(index * classes, classes), request.TopK);
            response.Items.Add(item);
        }
        return response;
    }

    private Task<Model> GetModelAsync(GetModelRequest request)
    {
        try
        {
            using var lease = repository.Lease(request.Name, request.Version);
            return Task.FromResult(ModelDescriptions.Of(lease.Version, repository.Current));
        }
        catch (InferenceException exception)
        {
            return Task.FromException<Model>(exception);
        }
    }

    private ModelLease Lease(string name, long version)
    {
        try
        {
            return repository.Lease(name, version);
        }
        catch (InferenceException exception)
        {
            InferencePipeline.CountRefused(metrics.Unresolved, exception);
            throw;
        }
    }
}
