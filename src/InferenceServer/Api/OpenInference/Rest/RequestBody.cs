using System.Buffers;
using System.IO.Compression;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>Reads a request's body, compressed or not, up to a limit for both.</summary>
internal static class RequestBody
{
    private const int Chunk = 16 * 1024;

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="InferenceException">The body is too large, or its compression is unknown.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);
        await using var body = Decompress(request);
        // A caller may announce more than it sends, so memory grows with the received bytes.
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? Chunk, 256, Chunk));
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(buffer.GetMemory(1), request.HttpContext.RequestAborted);
                if (read == 0)
                    return buffer.WrittenMemory;
                buffer.Advance(read);
                if (buffer.WrittenCount > maxBytes)
                    throw TooLarge(maxBytes);
            }
        }
        catch (InvalidDataException exception)
        {
            throw OpenInferenceErrors.Invalid($"the body is not valid {request.Headers.ContentEncoding}: {exception.Message}");
        }
    }

    private static Stream Decompress(HttpRequest request) => request.Headers.ContentEncoding.ToString() switch
    {
        "" or "identity" => request.Body,
        "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress),
        var other => throw new InferenceException(
            InferenceErrorKind.Unsupported, $"Unsupported compression type: Content-Encoding is {other}, expected gzip, deflate or none"),
    };

    private static InferenceException TooLarge(int maxBytes) =>
        new(InferenceErrorKind.TooLarge, $"the body is larger than {maxBytes} bytes (Limits:MaxMessageBytes)");
}
