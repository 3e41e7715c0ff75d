using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Classify;

/// <summary>Wires <c>lenetserve.v1.Classifier</c>.</summary>
internal static class ClassifierExtensions
{
    public static void AddClassifier(this IServiceCollection services, ServerOptions options)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.Limits.MaxMessageBytes;
            grpc.EnableDetailedErrors = false;
            grpc.IgnoreUnknownServices = false;
        });
        services.AddGrpcReflection();
        services.AddSingleton<ClassifierService>();
    }

    public static void MapClassifier(this IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<ClassifierService>();
}
