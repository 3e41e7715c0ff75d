using Grpc.Core;
using Inference;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Grpc;

/// <summary>
/// Implements the Open Inference Protocol over gRPC: translates messages, and leaves the work to others. Methods that are not overridden
/// answer UNIMPLEMENTED.
/// </summary>
internal sealed partial class OpenInferenceService(CallRunner runner, ModelCatalog catalog, LimitOptions limits, ServerLifecycle lifecycle)
    : GRPCInferenceService.GRPCInferenceServiceBase
{
    [Access(AccessRule.Open)]
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    [Access(AccessRule.Open)]
    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = catalog.IsReady });

    [Access(AccessRule.Inference)]
    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(catalog.Server());

    [Access(AccessRule.Inference)]
    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        Translate(() => new ModelReadyResponse { Ready = catalog.IsModelReady(request.Name, request.Version) });

    [Access(AccessRule.Inference)]
    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        Translate(() => catalog.Metadata(request.Name, request.Version));

    [Access(AccessRule.Inference)]
    public override Task<ModelConfigResponse> ModelConfig(ModelConfigRequest request, ServerCallContext context) =>
        Translate(() => new ModelConfigResponse { Config = catalog.Config(request.Name, request.Version) });

    [Access(AccessRule.Inference)]
    public override Task<ModelStatisticsResponse> ModelStatistics(ModelStatisticsRequest request, ServerCallContext context) =>
        Translate(() => catalog.Statistics(request.Name, request.Version));

    [Access(AccessRule.Inference)]
    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context) =>
        Translate(() => catalog.Index(request.RepositoryName, request.Ready));

    [Access(AccessRule.Control)]
    public override async Task<RepositoryModelLoadResponse> RepositoryModelLoad(
        RepositoryModelLoadRequest request, ServerCallContext context)
    {
        await TranslateAsync(
            () => catalog.LoadAsync(request.RepositoryName, request.ModelName, request.Parameters.Keys, context.CancellationToken));
        return new();
    }

    [Access(AccessRule.Control)]
    public override async Task<RepositoryModelUnloadResponse> RepositoryModelUnload(
        RepositoryModelUnloadRequest request, ServerCallContext context)
    {
        await TranslateAsync(() => catalog.UnloadAsync(request.RepositoryName, request.ModelName, context.CancellationToken));
        return new();
    }

    [Access(AccessRule.Inference)]
    public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        try
        {
            return await InferAsync(
                request, Caller.Of(context), context.GetHttpContext().Features.Get<RatedClient>(), ServerTiming.AskedBy(context));
        }
        catch (InferenceException exception)
        {
            throw OpenInferenceErrors.ToRpcException(exception);
        }
    }

    private async ValueTask<ModelInferResponse> InferAsync(
        ModelInferRequest request, Caller caller, RatedClient? client, Action<RequestPhases>? timing)
    {
        var call = runner.Read(request, GrpcCallReader.Read);
        var answer = await runner.RunAsync(call, caller, client);
        timing?.Invoke(answer.Phases);
        return GrpcAnswerWriter.Write(call, answer);
    }

    private static Task<T> Translate<T>(Func<T> answer)
    {
        try
        {
            return Task.FromResult(answer());
        }
        catch (InferenceException exception)
        {
            throw OpenInferenceErrors.ToRpcException(exception);
        }
    }

    private static async Task TranslateAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (InferenceException exception)
        {
            throw OpenInferenceErrors.ToRpcException(exception);
        }
    }
}
