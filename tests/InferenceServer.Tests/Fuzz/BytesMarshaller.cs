using System.Collections.Concurrent;
using Grpc.Core;

namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>Calls a method with bytes that need not be a message.</summary>
internal static class BytesMarshaller
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private static readonly ConcurrentDictionary<(MethodType Type, string Service, string Name), Method<byte[], byte[]>> Methods = new();

    // The channel remembers each method object that it has seen.
    public static Method<byte[], byte[]> Method(MethodType type, string service, string name) =>
        Methods.GetOrAdd((type, service, name), static key => new(key.Type, key.Service, key.Name, Bytes, Bytes));
}
