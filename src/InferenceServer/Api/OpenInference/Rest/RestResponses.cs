using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Google.Protobuf;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>Writes the protocol's answers and errors.</summary>
internal static class RestResponses
{
    private const string Json = "application/json";

    // Compression makes smaller answers larger.
    private const int SmallestCompressed = 1024;

    /// <summary>Writes a message as JSON.</summary>
    public static Task WriteAsync(HttpContext context, IMessage message) =>
        WriteAsync(context, StatusCodes.Status200OK, json => MessageJson.Triton.Write(json, message));

    /// <summary>Writes messages as a JSON array.</summary>
    public static Task WriteAsync(HttpContext context, IEnumerable<IMessage> messages) =>
        WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartArray();
        foreach (var message in messages)
            MessageJson.Triton.Write(json, message);
        json.WriteEndArray();
    });

    /// <summary>Writes an object of one property.</summary>
    public static Task WriteAsync(HttpContext context, int status, string name, bool value) => WriteAsync(context, status, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean(name, value);
        json.WriteEndObject();
    });

    /// <summary>Writes the protocol's error body.</summary>
    public static Task WriteErrorAsync(HttpContext context, int status, string message) => WriteAsync(context, status, json =>
    {
        json.WriteStartObject();
        json.WriteString("error", message);
        json.WriteEndObject();
    });

    /// <summary>Writes the protocol's error body and Retry-After.</summary>
    public static Task WriteErrorAsync(HttpContext context, InferenceException exception)
    {
        if (exception.RetryAfter is { } delay)
            context.Response.Headers.RetryAfter = RetryPushback.Seconds(delay);
        return WriteErrorAsync(context, ErrorMapping.Of(exception.Kind).TritonHttp, exception.Message);
    }

    /// <summary>Writes the answer of an inference.</summary>
    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body, int? headerLength)
    {
        var response = context.Response;
        response.ContentType = headerLength is null ? Json : "application/octet-stream";
        if (headerLength is { } length)
            response.Headers[RestCallReader.HeaderLength] = length.ToString(CultureInfo.InvariantCulture);
        var encoding = body.Length < SmallestCompressed ? "" : Encoding(context.Request);
        if (encoding.Length > 0)
        {
            response.Headers.ContentEncoding = encoding;
            body = Compress(body, encoding);
        }
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        context.Response.ContentLength = buffer.WrittenCount;
        return context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }

    private static string Encoding(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return ((string[])["gzip", "deflate"]).FirstOrDefault(name =>
            accepted.Any(each => each.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && each.Quality != 0)) ?? "";
    }

    private static byte[] Compress(ReadOnlyMemory<byte> body, string encoding)
    {
        var result = new MemoryStream();
        using (Stream compressor = encoding == "gzip"
            ? new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(result, CompressionLevel.Fastest, leaveOpen: true))
            compressor.Write(body.Span);
        return result.ToArray();
    }
}
