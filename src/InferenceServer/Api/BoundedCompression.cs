using System.IO.Compression;
using System.IO.Pipelines;
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
    private const int Segment = 64 * 1024;

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
        // A pipe keeps the bytes in pooled segments. A stream that grows would leave twice the bytes of a bomb to the collector.
        var message = new Pipe(new(minimumSegmentSize: Segment, pauseWriterThreshold: 0));
        var bytes = 0L;
        try
        {
            while (content.Read(message.Writer.GetSpan(Segment)) is > 0 and var read)
            {
                bytes += read;
                if (bytes > maxBytes)
                    throw faults.Create(StatusCode.ResourceExhausted,
                        $"a message of more than {maxBytes} bytes after decompression; "
                        + LimitOptions.Remedy(nameof(LimitOptions.MaxMessageBytes)));
                message.Writer.Advance(read);
            }
        }
        catch (Exception exception)
        {
            message.Reader.Complete();
            if (exception is InvalidDataException)
                throw faults.Create(
                    StatusCode.InvalidArgument,
                    $"a compressed message is not valid {EncodingName}: it is damaged, cut off, or of another coding");
            throw;
        }
        finally
        {
            message.Writer.Complete();
        }
        return message.Reader.AsStream();
    }
}
