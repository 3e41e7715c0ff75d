using LeNetServe.InferenceServer.Api.OpenInference.Grpc;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>Wires the Open Inference Protocol, gRPC and REST.</summary>
internal static class OpenInferenceExtensions
{
    public static IServiceCollection AddOpenInference(this IServiceCollection services) => services
        .AddSingleton<CallRunner>()
        .AddSingleton<ModelCatalog>()
        .AddSingleton<OpenInferenceService>()
        .AddSingleton<OpenInferenceEndpoints>();

    public static void MapOpenInference(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<OpenInferenceService>();
        OpenInferenceEndpoints.Map(endpoints);
    }
}
