using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Implements <c>lenetserve.v1.Classifier</c>: translates messages, and leaves the work to the pipeline.</summary>
internal sealed partial class ClassifierService(
    ModelRepository repository, InferencePipeline pipeline, LimitOptions limits, ServerMetrics metrics, ServerLifecycle lifecycle,
    FileReads fileReads)
    : Classifier.ClassifierBase
{
    [Access(AccessRule.Inference)]
    public override Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context)
    {
        try
        {
            var answer = ClassifyAsync(request, Caller.Of(context), ServerTiming.AskedBy(context));
            return answer.IsCompletedSuccessfully ? answer : GrpcErrors.TranslateAsync(answer);
        }
        catch (InferenceException exception)
        {
            throw exception.ToRpcException();
        }
    }

    [Access(AccessRule.Inference)]
    public override Task<ClassifyBatchResponse> ClassifyBatch(ClassifyBatchRequest request, ServerCallContext context) =>
        GrpcErrors.TranslateAsync(ClassifyBatchAsync(
            request, Caller.Of(context), context.GetHttpContext().Features.Get<RatedClient>(), ServerTiming.AskedBy(context)));

    [Access(AccessRule.Inference)]
    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { ModelDescriptions.All(repository.Current) } });

    [Access(AccessRule.Inference)]
    public override Task<Model> GetModel(GetModelRequest request, ServerCallContext context)
    {
        try
        {
            using var lease = repository.Lease(request.Name, request.Version);
            return Task.FromResult(ModelDescriptions.Of(lease.Version, repository.Current));
        }
        catch (InferenceException exception)
        {
            throw exception.ToRpcException();
        }
    }

    /// <summary>Classifies one image. A quick call that runs alone completes synchronously, on the caller's thread.</summary>
    /// <exception cref="InferenceException">The request failed before or during its run.</exception>
    internal Task<ClassifyResponse> ClassifyAsync(ClassifyRequest request, Caller caller, Action<RequestPhases>? timing = null)
    {
        var image = new ImageRun(request, Lease(request.Model, request.Version), timing);
        var isPending = false;
        try
        {
            var run = pipeline.RunAsync(image.Version, Read(request, image.Version), image.Outputs, caller);
            if (run.IsCompletedSuccessfully)
                return Task.FromResult(image.Reply(run.Result));
            isPending = true;
            return image.ReplyAsync(run);
        }
        finally
        {
            if (!isPending)
                image.Dispose();
        }
    }

    /// <summary>Classifies many images. Each has an answer or an error of its own.</summary>
    internal async Task<ClassifyBatchResponse> ClassifyBatchAsync(
        ClassifyBatchRequest request, Caller caller, RatedClient? client, Action<RequestPhases>? timing = null)
    {
        using var lease = Lease(request.Model, request.Version);
        var version = lease.Version;
        Check(request, version, client);
        var row = version.Facts.RowLength;
        var threshold = Predictions.ThresholdOf(version, request.Coverage);
        var errors = new InferenceException?[request.Images.Count];
        var outputs = new float[request.Images.Count * row];
        var images = request.Images.Select((image, index) => Inputs.TryOf(image, request.Geometry, out errors[index])).ToArray();
        var phases = await pipeline.RunManyAsync(version, images, outputs, errors, caller);
        timing?.Invoke(phases);
        var response = new ClassifyBatchResponse { Model = version.Name, Version = version.Version };
        for (var index = 0; index < errors.Length; index++)
        {
            response.Items.Add(errors[index] is { } error
                ? new BatchItem { Error = error.ToError() }
                : Predictions.Item(version, outputs.AsSpan(index * row, row), request.TopK, threshold));
        }
        return response;
    }

    private static InferenceInput Read(ClassifyRequest request, ServedVersion version)
    {
        try
        {
            Inputs.RequireTopK(request.TopK);
            _ = Predictions.ThresholdOf(version, request.Coverage);
            return Inputs.Of(request.Image, request.Geometry);
        }
        catch (InferenceException exception)
        {
            InferencePipeline.CountRefused(version.Metrics, exception);
            throw;
        }
    }

    /// <summary>Checks a batch before anything is spent on its images.</summary>
    private void Check(ClassifyBatchRequest request, ServedVersion version, RatedClient? client)
    {
        try
        {
            Inputs.RequireTopK(request.TopK);
            _ = Predictions.ThresholdOf(version, request.Coverage);
            pipeline.RequireCount(request.Images.Count);
        }
        catch (InferenceException exception)
        {
            InferencePipeline.CountRefused(version.Metrics, exception);
            throw;
        }
        RequireRate(client, request.Images.Count, version);
    }

    private static void RequireRate(RatedClient? client, int images, ServedVersion version)
    {
        try
        {
            RatedClient.RequireRate(client, images);
        }
        catch (InferenceException exception)
        {
            InferencePipeline.CountRefused(version.Metrics, exception);
            throw;
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
