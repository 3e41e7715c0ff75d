using System.Buffers;
using System.IO.Compression;
using System.Text;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;
using Microsoft.Net.Http.Headers;

namespace LeNetServe.InferenceServer.Api;

/// <summary>Reads a request's body, compressed or not, up to a limit for both.</summary>
internal static class RequestBody
{
    private const int Chunk = 16 * 1024;

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="InferenceException">The body is too large or broken, or its compression is unknown.</exception>
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
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge(maxBytes);
        }
        catch (InvalidDataException exception)
        {
            // The runtime's message speaks of an entry of an archive with another method.
            var message = $"the body is not valid {request.Headers.ContentEncoding}: it is damaged, cut off, or of another coding";
            throw InferenceException.InvalidInput(message, null, exception);
        }
        catch (IOException exception)
        {
            throw InferenceException.InvalidInput($"the body cannot be read: {exception.Message}", null, exception);
        }
    }

    /// <summary>Reads a body of JSON as UTF-8 without a byte order mark, from any charset that the server knows.</summary>
    /// <exception cref="InferenceException">The body cannot be read, or its charset is unknown.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadJsonAsync(HttpRequest request, int maxBytes)
    {
        var encoding = EncodingOf(request.ContentType);
        var body = await ReadAsync(request, maxBytes);
        return WithoutMark(encoding is null ? body : Encoding.Convert(encoding, Encoding.UTF8, body.ToArray()));
    }

    /// <summary>Removes the byte order mark of UTF-8, which some editors write.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json;

    /// <summary>Gets the encoding of a charset parameter; null for UTF-8 and no charset.</summary>
    /// <exception cref="InferenceException">The charset is unknown.</exception>
    private static Encoding? EncodingOf(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || type.Charset.Length == 0)
            return null;
        var charset = HeaderUtilities.UnescapeAsQuotedString(type.Charset).ToString();
        // Many clients write utf8, which is not a registered name.
        if (charset.Equals("utf8", StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            var encoding = Encoding.GetEncoding(charset);
            return encoding is UTF8Encoding or ASCIIEncoding ? null : encoding;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            var message = $"the charset of Content-Type is \"{Errors.Excerpt.Of(charset)}\", expected utf-8";
            throw new InferenceException(InferenceErrorKind.UnsupportedMediaType, message, exception);
        }
    }

    private static Stream Decompress(HttpRequest request) => request.Headers.ContentEncoding.ToString().ToLowerInvariant() switch
    {
        "" or "identity" => request.Body,
        "gzip" or "x-gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress),
        var other => throw new InferenceException(
            InferenceErrorKind.UnsupportedMediaType,
            $"Unsupported compression type: Content-Encoding is {Errors.Excerpt.Of(other)}, expected gzip, deflate or none"),
    };

    /// <summary>Gets the error of a body that is larger than the limit.</summary>
    public static InferenceException TooLarge(int maxBytes) =>
        new(InferenceErrorKind.TooLarge,
            $"the body is larger than {maxBytes} bytes; {LimitOptions.Remedy(nameof(LimitOptions.MaxMessageBytes))}");
}
