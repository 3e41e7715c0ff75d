using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Registers and maps <c>lenetserve.v1.Classifier</c>.</summary>
internal static class ClassifierExtensions
{
    public static void AddClassifier(this IServiceCollection services, LimitOptions limits)
    {
        var grpc = services.AddGrpc(settings =>
        {
            settings.MaxReceiveMessageSize = limits.MaxMessageBytes;
            settings.EnableDetailedErrors = false;
            // UnknownCalls answers these.
            settings.IgnoreUnknownServices = true;
        });
        services.AddOptions<GrpcServiceOptions>().Configure<ClientFaults>((settings, faults) =>
            settings.CompressionProviders = BoundedCompression.All(limits.MaxMessageBytes, faults));
        // Before JSON transcoding adds a provider of its own: takes the place of the one that AddGrpc registered.
        services.Replace(ServiceDescriptor.Singleton(typeof(IServiceMethodProvider<>), typeof(GuardedMethodProvider<>)));
        grpc.AddJsonTranscoding(transcoding =>
        {
            transcoding.JsonSettings.WriteInt64sAsStrings = true;
            transcoding.TypeRegistry = GrpcErrors.Details;
        });
        services.AddGrpcReflection();
        services.AddTransient<FileReads>();
        services.AddSingleton<ClassifierService>();
    }

    public static void MapClassifier(this IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<ClassifierService>();
}
