using Grpc.AspNetCore.Server.Model;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Registers and maps <c>lenetserve.v1.Classifier</c>.</summary>
internal static class ClassifierExtensions
{
    public static void AddClassifier(this IServiceCollection services, LimitOptions limits)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = limits.MaxMessageBytes;
            grpc.EnableDetailedErrors = false;
            // UnknownCalls answers these.
            grpc.IgnoreUnknownServices = true;
        }).AddJsonTranscoding(transcoding =>
        {
            transcoding.JsonSettings.WriteInt64sAsStrings = true;
            transcoding.TypeRegistry = GrpcErrors.Details;
        });
        services.RemoveAll(typeof(IServiceMethodProvider<>), "BinderServiceMethodProvider`1");
        services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(GuardedMethodProvider<>));
        services.AddGrpcReflection();
        services.AddSingleton<ClassifierService>();
    }

    public static void MapClassifier(this IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<ClassifierService>();

    private static void RemoveAll(this IServiceCollection services, Type service, string implementation)
    {
        var unwanted = services.Where(each => each.ServiceType == service && each.ImplementationType?.Name == implementation).ToArray();
        foreach (var descriptor in unwanted)
            services.Remove(descriptor);
    }
}
