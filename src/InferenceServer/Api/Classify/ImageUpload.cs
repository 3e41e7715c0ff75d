using Google.Protobuf;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// Classifies images over REST: JSON, image files (<c>curl --data-binary @digit.png …/v1/models/NAME:classify</c>) and forms with files.
/// The query parameters <c>topK</c>, <c>geometry</c> (fit, digit, none) and <c>coverage</c> have priority over the JSON.
/// </summary>
internal sealed class ImageUpload(ClassifierService classifier, LimitOptions limits, ServerMetrics metrics)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private static readonly MediaTypeHeaderValue[] FileTypes =
        [new("image/*"), new("application/octet-stream"), new("application/x-www-form-urlencoded"), new("multipart/form-data")];

    // Everything stays in memory, within the limit on bodies. With a full or read-only disk the caller would get the blame.
    private FormOptions Options => new()
    {
        BufferBodyLengthLimit = limits.MaxMessageBytes,
        MemoryBufferThreshold = limits.MaxMessageBytes,
        MultipartBodyLengthLimit = limits.MaxMessageBytes,
        ValueCountLimit = limits.MaxBatch,
    };

    /// <summary>Classifies one image: the JSON's, the body, or the only file of a form.</summary>
    public Task ClassifyAsync(HttpContext context) => AnswerAsync(
        context,
        async () => new ClassifyRequest { Image = await ReadOneAsync(context) },
        async request => await classifier.ClassifyAsync(request, Caller.Of(context), ServerTiming.AskedBy(context)));

    /// <summary>Classifies the images of the JSON or the files of a form. Each has an answer or an error of its own.</summary>
    public Task ClassifyBatchAsync(HttpContext context) => AnswerAsync(
        context,
        async () => new ClassifyBatchRequest { Images = { await ReadAsync(context) } },
        async request => await classifier.ClassifyBatchAsync(
            request, Caller.Of(context), context.Features.Get<RatedClient>(), ServerTiming.AskedBy(context)));

    /// <summary>
    /// Explains the answer to one image, as JSON or a file. Query: <c>layers</c> (names with commas), <c>attribution</c>.
    /// </summary>
    public Task ExplainAsync(HttpContext context) => AnswerAsync(
        context,
        async () => new ExplainRequest { Image = await ReadOneAsync(context) },
        async request => await classifier.ExplainAsync(
            request, Caller.Of(context), context.Features.Get<RatedClient>(), ServerTiming.AskedBy(context)));

    /// <summary>Reads a request and answers it. A request that cannot be read has no model yet, and is counted as such.</summary>
    private async Task AnswerAsync<T>(HttpContext context, Func<Task<T>> readFiles, Func<T, Task<IMessage>> classify)
        where T : IMessage, new()
    {
        try
        {
            var answer = await classify(await ReadAsync(context, readFiles));
            context.Response.ContentType = "application/json";
            MessageJson.Proto.Write(context.Response.BodyWriter, answer);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        catch (InferenceException exception)
        {
            // As JSON, also if the content type is that of gRPC.
            await ErrorResponse.WriteJsonAsync(context, ErrorMapping.Of(exception.Kind).Http, exception);
        }
    }

    private async Task<T> ReadAsync<T>(HttpContext context, Func<Task<T>> readFiles)
        where T : IMessage, new()
    {
        try
        {
            var request = IsJson(context.Request)
                ? ClassifyJson.Read<T>(await RequestBody.ReadJsonAsync(context.Request, limits.MaxMessageBytes), limits.MaxBatch)
                : await readFiles();
            RequestAddress.Apply(context, request);
            return request;
        }
        catch (InferenceException exception)
        {
            InferencePipeline.CountRefused(metrics.Unresolved, exception);
            throw;
        }
    }

    private async Task<Image> ReadOneAsync(HttpContext context)
    {
        var files = await ReadAsync(context);
        return files.Count == 1
            ? files[0]
            : throw InferenceException.InvalidInput($"{files.Count} files in the form, expected one; :classifyBatch takes many", "image");
    }

    private async Task<IReadOnlyList<Image>> ReadAsync(HttpContext context)
    {
        RequireKnownType(context.Request.ContentType);
        if (!context.Request.HasFormContentType || IsCurlsDefault(context.Request.ContentType))
            return [await ReadFileAsync(context.Request)];
        if (context.Request.Headers.ContentEncoding.Count > 0)
        {
            var content = await RequestBody.ReadAsync(context.Request, limits.MaxMessageBytes);
            context.Request.Body = new MemoryStream(content.ToArray());
        }
        try
        {
            var form = await context.Request.ReadFormAsync(Options, context.RequestAborted);
            if (form.Keys.FirstOrDefault() is { } field)
                throw InferenceException.InvalidInput(
                    $"the form has the field \"{Excerpt.Of(field)}\", expected only files; options are query parameters", "image");
            var images = new List<Image>();
            foreach (var file in form.Files)
                await using (var stream = file.OpenReadStream())
                    images.Add(new() { Encoded = await ByteString.FromStreamAsync(stream, context.RequestAborted) });
            return images;
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw RequestBody.TooLarge(limits.MaxMessageBytes);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException)
        {
            // A part's charset may be UTF-7, which .NET does not support.
            throw InferenceException.InvalidInput($"the form cannot be read: {exception.Message}", "image");
        }
    }

    private async Task<Image> ReadFileAsync(HttpRequest request)
    {
        var file = await RequestBody.ReadAsync(request, limits.MaxMessageBytes);
        // curl -d sends JSON under the name of a form.
        return IsCurlsDefault(request.ContentType) && RequestBody.WithoutMark(file).Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]
            ? throw WrongType(request.ContentType)
            : new() { Encoded = UnsafeByteOperations.UnsafeWrap(file) };
    }

    private static void RequireKnownType(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !FileTypes.Any(known => type.IsSubsetOf(known)))
            throw WrongType(contentType);
    }

    private static InferenceException WrongType(string? contentType) =>
        new(InferenceErrorKind.UnsupportedMediaType,
            $"Content-Type is \"{Excerpt.Of(contentType)}\", expected application/json for JSON, "
            + "image/*, application/octet-stream or multipart/form-data for pictures");

    // Also of a type such as application/vnd.api+json.
    private static bool IsJson(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.IsSubsetOf(Json);

    /// <summary>Checks for the content type that curl sends with --data-binary by default. The body is nevertheless the file.</summary>
    private static bool IsCurlsDefault(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

}
