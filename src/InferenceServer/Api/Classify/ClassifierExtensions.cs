using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.AspNetCore.Server.Model;
using LeNetServe.InferenceServer.Hosting;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Wires <c>lenetserve.v1.Classifier</c>.</summary>
internal static class ClassifierExtensions
{
    public static void AddClassifier(this IServiceCollection services, ServerOptions options)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.Limits.MaxMessageBytes;
            grpc.EnableDetailedErrors = false;
            // They are answered by UnknownCalls.
            grpc.IgnoreUnknownServices = true;
        }).AddJsonTranscoding(transcoding =>
        {
            transcoding.JsonSettings.WriteInt64sAsStrings = true;
            transcoding.TypeRegistry = TypeRegistry.FromMessages(BadRequest.Descriptor, RetryInfo.Descriptor);
        });
        services.RemoveAll(typeof(IServiceMethodProvider<>), "BinderServiceMethodProvider`1");
        services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(GuardedMethodProvider<>));
        services.AddGrpcReflection();
        services.AddSingleton<ClassifierService>();
    }

    private static void RemoveAll(this IServiceCollection services, Type service, string implementation)
    {
        foreach (var descriptor in services.Where(descriptor => descriptor.ServiceType == service && descriptor.ImplementationType?.Name == implementation).ToArray())
            services.Remove(descriptor);
    }

    public static void MapClassifier(this IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<ClassifierService>();
}
