using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Inference;

namespace LeNetServe.InferenceServer.Api;

/// <summary>
/// Compression of gRPC's messages. Junk and bombs end the call with the client's status: gRPC's own providers have no limit on the size of
/// a decompressed message, and their exceptions are faults of the server.
/// </summary>
/// <param name="provider">gRPC's own provider.</param>
/// <param name="maxBytes">The largest decompressed message.</param>
/// <param name="faults">Receives the faults.</param>
internal sealed class BoundedCompression(ICompressionProvider provider, int maxBytes, ClientFaults faults) : ICompressionProvider
{
    public string EncodingName => provider.EncodingName;

    public static List<ICompressionProvider> All(int maxBytes, ClientFaults faults) =>
    [
        new BoundedCompression(new GzipCompressionProvider(CompressionLevel.Fastest), maxBytes, faults),
        new BoundedCompression(new DeflateCompressionProvider(CompressionLevel.Fastest), maxBytes, faults),
    ];

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        provider.CreateCompressionStream(stream, compressionLevel);

    public Stream CreateDecompressionStream(Stream stream)
    {
        using var content = provider.CreateDecompressionStream(stream);
        var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (content.Read(buffer) is > 0 and var read)
            {
                if (message.Length + read > maxBytes)
                    throw faults.Create(StatusCode.ResourceExhausted,
                        $"a message of more than {maxBytes} bytes after decompression; "
                        + LimitOptions.Remedy(nameof(LimitOptions.MaxMessageBytes)));
                message.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException exception)
        {
            throw faults.Create(StatusCode.InvalidArgument, $"a compressed message is not valid {EncodingName}: {exception.Message}");
        }
        message.Position = 0;
        return message;
    }
}
