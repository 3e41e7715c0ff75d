using LeNetServe.InferenceServer.Access;

namespace LeNetServe.InferenceServer.Api.Health;

/// <summary>Registers and maps health: grpc.health.v1, <c>/livez</c> and <c>/readyz</c>.</summary>
internal static class HealthExtensions
{
    public static IServiceCollection AddServerHealth(this IServiceCollection services) =>
        services.AddSingleton<ServerHealth>().AddSingleton<HealthService>();

    public static void MapServerHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<HealthService>().WithAccess(AccessRule.Open);
        endpoints.MapGet("/livez", () => Results.Text("alive")).WithAccess(AccessRule.Open);
        endpoints.MapGet("/readyz", Ready).WithAccess(AccessRule.Open);
    }

    private static IResult Ready(ServerHealth health) =>
        health.WhyNotReady is { } reason
            ? Results.Text($"not ready: {reason}", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready");
}
