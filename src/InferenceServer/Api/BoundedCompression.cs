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
/// <param name="maxBytes">The largest decompressed message.</param>
/// <param name="faults">Receives the faults.</param>
internal abstract class BoundedCompression(int maxBytes, ClientFaults faults) : ICompressionProvider
{
    /// <summary>Gets all compressions.</summary>
    public static List<ICompressionProvider> All(int maxBytes, ClientFaults faults) =>
        [new Gzip(maxBytes, faults), new Deflate(maxBytes, faults)];

    public abstract string EncodingName { get; }

    public abstract Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel);

    public Stream CreateDecompressionStream(Stream stream)
    {
        using var content = Decompress(stream);
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

    protected abstract Stream Decompress(Stream stream);

    private sealed class Gzip(int maxBytes, ClientFaults faults) : BoundedCompression(maxBytes, faults)
    {
        public override string EncodingName => "gzip";

        public override Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
            new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

        protected override Stream Decompress(Stream stream) => new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
    }

    // gRPC's deflate is zlib's format (RFC 1950).
    private sealed class Deflate(int maxBytes, ClientFaults faults) : BoundedCompression(maxBytes, faults)
    {
        public override string EncodingName => "deflate";

        public override Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
            new ZLibStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

        protected override Stream Decompress(Stream stream) => new ZLibStream(stream, CompressionMode.Decompress, leaveOpen: true);
    }
}
