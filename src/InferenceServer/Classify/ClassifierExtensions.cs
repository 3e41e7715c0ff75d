using Google.Protobuf.Reflection;
using Google.Rpc;
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
        }).AddJsonTranscoding(transcoding =>
        {
            transcoding.JsonSettings.WriteInt64sAsStrings = true;
            transcoding.TypeRegistry = TypeRegistry.FromMessages(BadRequest.Descriptor, RetryInfo.Descriptor);
        });
        services.AddGrpcReflection();
        services.AddSingleton<ClassifierService>();
    }

    public static void MapClassifier(this IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<ClassifierService>();
}
