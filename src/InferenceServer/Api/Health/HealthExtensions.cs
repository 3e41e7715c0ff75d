namespace LeNetServe.InferenceServer.Api.Health;

/// <summary>Wires health: grpc.health.v1, <c>/livez</c> and <c>/readyz</c>.</summary>
internal static class HealthExtensions
{
    public static IServiceCollection AddServerHealth(this IServiceCollection services) => services.AddSingleton<ServerHealth>().AddSingleton<HealthService>();

    public static void MapServerHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<HealthService>();
        endpoints.MapGet("/livez", () => Results.Text("alive"));
        endpoints.MapGet("/readyz", (ServerHealth health) => health.IsReady ? Results.Text("ready") : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
