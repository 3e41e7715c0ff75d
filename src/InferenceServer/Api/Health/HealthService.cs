using Grpc.Core;
using Grpc.Health.V1;

namespace LeNetServe.InferenceServer.Api.Health;

/// <summary>
/// grpc.health.v1. The empty service is the server as a whole, <c>lenetserve.v1.Classifier</c> and <c>inference.GRPCInferenceService</c> go with it;
/// a model is <c>name</c>, <c>name/version</c> or <c>name@alias</c>.
/// </summary>
internal sealed class HealthService(ServerHealth health, ServerLifecycle lifecycle) : Grpc.Health.V1.Health.HealthBase
{
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        health.StatusOf(request.Service) is var status and not HealthCheckResponse.Types.ServingStatus.ServiceUnknown
            ? Task.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(new(StatusCode.NotFound, $"no service or model \"{request.Service}\", expected one of {string.Join(", ", health.Services.Select(service => $"\"{service}\""))}"));

    /// <summary>Sends the status now and after each change of it. Ends by itself when the server stops, because the host waits for open streams.</summary>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifecycle.Ending);
        HealthCheckResponse.Types.ServingStatus? sent = null;
        try
        {
            while (true)
            {
                var changed = health.NextChange;
                var status = health.StatusOf(request.Service);
                if (status != sent)
                    await responseStream.WriteAsync(new() { Status = (sent = status).Value });
                await changed.WaitAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The caller has gone, or the server stops: the stream ends well.
        }
    }
}
