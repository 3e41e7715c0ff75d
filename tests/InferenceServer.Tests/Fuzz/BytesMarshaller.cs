using Grpc.Core;

namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>Calls a method with bytes that need not be a message.</summary>
internal static class BytesMarshaller
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    public static Method<byte[], byte[]> Method(MethodType type, string service, string name) => new(type, service, name, Bytes, Bytes);
}
