using System.Reflection;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// Finds a service's methods, as gRPC's own provider does, and rejects invalid messages as INVALID_ARGUMENT. With gRPC's provider callers
/// would get UNKNOWN, a fault of the server. Checks the limits of a message before it is parsed.
/// </summary>
internal sealed class GuardedMethodProvider<TService>(LimitOptions limits, ServerMetrics metrics) : IServiceMethodProvider<TService>
    where TService : class
{
    // Only our own service has details in its errors.
    private static readonly bool IsOurs = typeof(Classifier.ClassifierBase).IsAssignableFrom(typeof(TService));

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        // Code-first services of an application have a provider of their own.
        if (typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>(inherit: true) is not { } attribute)
            return;
        var serviceBase = typeof(TService);
        while (serviceBase.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is null)
            serviceBase = serviceBase.BaseType!;
        attribute.BindType.GetMethod(attribute.BindMethodName, [typeof(ServiceBinderBase), serviceBase])!.Invoke(
            null, [new Binder(context, limits, metrics), null]);
    }

    private sealed class Binder(ServiceMethodProviderContext<TService> context, LimitOptions limits, ServerMetrics metrics)
        : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        {
            var implementation = Find(method.Name, typeof(TRequest), typeof(ServerCallContext));
            context.AddUnaryMethod(Guard(method), MetadataOf(implementation), implementation.CreateDelegate<UnaryServerMethod<TService,
                TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var implementation = Find(method.Name, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
            context.AddClientStreamingMethod(Guard(method), MetadataOf(implementation),
                implementation.CreateDelegate<ClientStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var implementation = Find(method.Name, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
            context.AddServerStreamingMethod(Guard(method), MetadataOf(implementation),
                implementation.CreateDelegate<ServerStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var implementation = Find(
                method.Name, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
            context.AddDuplexStreamingMethod(Guard(method), MetadataOf(implementation),
                implementation.CreateDelegate<DuplexStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        private static MethodInfo Find(string name, params Type[] parameters) => typeof(TService).GetMethod(name, parameters)!;

        private static List<object> MetadataOf(MethodInfo method) =>
            [.. typeof(TService).GetCustomAttributes(inherit: true), .. method.GetCustomAttributes(inherit: true), new HttpMethodMetadata(
                ["POST"], acceptCorsPreflight: true)];

        private Method<TRequest, TResponse> Guard<TRequest, TResponse>(Method<TRequest, TResponse> method)
            where TRequest : class
            where TResponse : class
        {
            var marshaller = method.RequestMarshaller;
            var check = typeof(IMessage).IsAssignableFrom(typeof(TRequest))
                ? new MessageLimits(((IMessage)Activator.CreateInstance<TRequest>()).Descriptor, limits)
                : null;
            return new(
                method.Type, method.ServiceName, method.Name, new(marshaller.ContextualSerializer, Deserialize), method.ResponseMarshaller);

            TRequest Deserialize(DeserializationContext bytes)
            {
                try
                {
                    if (check is { HasLists: true })
                        check.Check(bytes.PayloadAsReadOnlySequence());
                    return marshaller.ContextualDeserializer(bytes);
                }
                catch (InferenceException exception)
                {
                    InferencePipeline.CountRefused(metrics.Unresolved, exception);
                    throw exception.ToRpcException();
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // Most are an InvalidProtocolBufferException. Any other exception of the parser is the caller's fault too.
                    var message = $"the bytes are not a {typeof(TRequest).Name}: {exception.Message}";
                    throw InferenceException.InvalidInput(message, IsOurs ? "" : null, exception).ToRpcException();
                }
            }
        }
    }
}
