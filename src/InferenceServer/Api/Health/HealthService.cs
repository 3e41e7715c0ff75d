using Grpc.Core;
using Grpc.Health.V1;
using LeNetServe.InferenceServer.Errors;

namespace LeNetServe.InferenceServer.Api.Health;

/// <summary>
/// Implements grpc.health.v1. The empty service is the whole server; <c>lenetserve.v1.Classifier</c> and
/// <c>inference.GRPCInferenceService</c> have the same status. A model is <c>name</c>, <c>name/version</c> or <c>name@alias</c>.
/// </summary>
internal sealed class HealthService(ServerHealth health, ServerLifecycle lifecycle) : Grpc.Health.V1.Health.HealthBase
{
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        var status = health.StatusOf(request.Service);
        if (status != HealthCheckResponse.Types.ServingStatus.ServiceUnknown)
            return Task.FromResult(new HealthCheckResponse { Status = status });
        // Health needs no token, so the message must not list models.
        throw new RpcException(new(StatusCode.NotFound, $"no service or model \"{Excerpt.Of(request.Service)}\""));
    }

    /// <summary>Sends the status now and after each change. Ends when the server stops, because the host waits for open streams.</summary>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
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
            // The caller has disconnected, or the server stops: the stream ends without an error.
        }
    }
}
