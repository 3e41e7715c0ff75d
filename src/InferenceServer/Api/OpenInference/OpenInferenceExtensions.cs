using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.OpenInference.Grpc;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;
using LeNetServe.InferenceServer.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>Registers and maps the Open Inference Protocol, gRPC and REST.</summary>
internal static class OpenInferenceExtensions
{
    private static readonly (string Method, string Feature)[] NotOffered =
        [("SharedMemory", "shared memory"), ("TraceSetting", "trace settings"), ("LogSettings", "dynamic logging")];

    public static IServiceCollection AddOpenInference(this IServiceCollection services) => services
        .AddSingleton<CallRunner>()
        .AddSingleton<ModelCatalog>()
        .AddSingleton<OpenInferenceService>()
        .AddSingleton<OpenInferenceEndpoints>();

    public static void MapOpenInference(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<OpenInferenceService>().Add(NameWhatIsNotOffered);
        OpenInferenceEndpoints.Map(endpoints);
    }

    // The generated base class answers UNIMPLEMENTED without a message.
    private static void NameWhatIsNotOffered(EndpointBuilder endpoint)
    {
        foreach (var (method, feature) in NotOffered)
            if (endpoint.DisplayName!.Contains(method, StringComparison.Ordinal))
            {
                endpoint.Metadata.Add(new AccessAttribute(AccessRule.Inference));
                endpoint.RequestDelegate = context => ErrorResponse.WriteAsync(context, OpenInferenceErrors.Unsupported(feature));
            }
    }
}
