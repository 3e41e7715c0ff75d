using System.Globalization;
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
    public Task ClassifyAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        var request = IsJson(context.Request)
            ? ClassifyJson.ReadOne(await ReadJsonAsync(context))
            : new() { Image = await ReadOneAsync(context) };
        request.Model = Model(context, request.Model);
        request.Version = Version(context, request.Version);
        request.TopK = TopK(context) ?? request.TopK;
        request.Geometry = Geometry(context) ?? request.Geometry;
        request.Coverage = Coverage(context) ?? request.Coverage;
        return request;
    }, async request => await classifier.ClassifyAsync(request, Caller.Of(context), ServerTiming.AskedBy(context)));

    /// <summary>Classifies the images of the JSON or the files of a form. Each has an answer or an error of its own.</summary>
    public Task ClassifyBatchAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        var isJson = IsJson(context.Request);
        var request = isJson ? ClassifyJson.ReadBatch(await ReadJsonAsync(context), limits.MaxBatch) : new();
        if (!isJson)
            request.Images.Add(await ReadAsync(context));
        request.Model = Model(context, request.Model);
        request.Version = Version(context, request.Version);
        request.TopK = TopK(context) ?? request.TopK;
        request.Geometry = Geometry(context) ?? request.Geometry;
        request.Coverage = Coverage(context) ?? request.Coverage;
        return request;
    }, async request => await classifier.ClassifyBatchAsync(
        request, Caller.Of(context), context.Features.Get<RatedClient>(), ServerTiming.AskedBy(context)));

    /// <summary>
    /// Explains the answer to one image, as JSON or a file. Query: <c>layers</c> (names with commas), <c>attribution</c>.
    /// </summary>
    public Task ExplainAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        var request = IsJson(context.Request)
            ? ClassifyJson.ReadExplain(await ReadJsonAsync(context))
            : new() { Image = await ReadOneAsync(context) };
        request.Model = Model(context, request.Model);
        request.Version = Version(context, request.Version);
        request.TopK = TopK(context) ?? request.TopK;
        request.Geometry = Geometry(context) ?? request.Geometry;
        request.Attribution = Attribution(context) ?? request.Attribution;
        if (Query(context, "layers") is { } layers)
        {
            request.Layers.Clear();
            request.Layers.Add(layers.Split(',', StringSplitOptions.RemoveEmptyEntries));
        }
        return request;
    }, async request => await classifier.ExplainAsync(
        request, Caller.Of(context), context.Features.Get<RatedClient>(), ServerTiming.AskedBy(context)));

    /// <summary>Reads a request and answers it. A request that cannot be read has no model yet, and is counted as such.</summary>
    private async Task AnswerAsync<T>(HttpContext context, Func<Task<T>> read, Func<T, Task<IMessage>> classify)
    {
        try
        {
            var answer = await classify(await ReadAsync(read));
            context.Response.ContentType = "application/json";
            MessageJson.Write(context.Response.BodyWriter, answer);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        catch (InferenceException exception)
        {
            await ErrorResponse.WriteAsync(context, exception);
        }
    }

    private async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (InferenceException exception)
        {
            InferencePipeline.CountRefused(metrics.Unresolved, exception);
            throw;
        }
    }

    private Task<ReadOnlyMemory<byte>> ReadJsonAsync(HttpContext context) =>
        RequestBody.ReadJsonAsync(context.Request, limits.MaxMessageBytes);

    private async Task<Image> ReadOneAsync(HttpContext context)
    {
        var files = await ReadAsync(context);
        return files.Count == 1
            ? files[0]
            : throw Invalid($"{files.Count} files in the form, expected one; :classifyBatch takes many", "image");
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
                throw Invalid(
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
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException
            or (IOException and not BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }))
        {
            // A part's charset may be UTF-7, which .NET does not support.
            throw Invalid($"the form cannot be read: {exception.Message}", "image");
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

    // A body's empty name and version 0 leave the choice to the address.
    private static string Model(HttpContext context, string ofBody)
    {
        var model = (string)context.Request.RouteValues["model"]!;
        return ofBody == "" || ofBody == model
            ? model
            : throw Invalid($"the body says model \"{Excerpt.Of(ofBody)}\", expected \"{Excerpt.Of(model)}\" as in the address", "model");
    }

    private static long Version(HttpContext context, long ofBody)
    {
        if (context.Request.RouteValues["version"] is not string text)
            return ofBody;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw Invalid($"version is \"{Excerpt.Of(text)}\", expected a number", "version");
        return ofBody == 0 || ofBody == version
            ? version
            : throw Invalid($"the body says version {ofBody}, expected {version} as in the address", "version");
    }

    private static int? TopK(HttpContext context)
    {
        if (Query(context, "topK") is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var topK)
            ? topK
            : throw Invalid($"topK is \"{Excerpt.Of(text)}\", expected a number", "top_k");
    }

    private static double? Coverage(HttpContext context)
    {
        if (Query(context, "coverage") is not { } text)
            return null;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var coverage)
            ? coverage
            : throw Invalid($"coverage is \"{Excerpt.Of(text)}\", expected a number such as 0.99", "coverage");
    }

    private static Geometry? Geometry(HttpContext context) => Query(context, "geometry") switch
    {
        null => null,
        "fit" => V1.Geometry.Fit,
        "digit" => V1.Geometry.Digit,
        "none" => V1.Geometry.None,
        var text => throw Invalid($"geometry is \"{Excerpt.Of(text)}\", expected fit, digit or none", "geometry"),
    };

    private static AttributionMethod? Attribution(HttpContext context) => Query(context, "attribution") switch
    {
        null => null,
        "automatic" => AttributionMethod.Automatic,
        "gradient" => AttributionMethod.Gradient,
        "occlusion" => AttributionMethod.Occlusion,
        var text => throw Invalid($"attribution is \"{Excerpt.Of(text)}\", expected automatic, gradient or occlusion", "attribution"),
    };

    private static string? Query(HttpContext context, string name)
    {
        var values = context.Request.Query[name];
        return values.Count <= 1 ? values.FirstOrDefault() : throw Invalid($"{name} is given {values.Count} times, expected once", "");
    }

    private static InferenceException Invalid(string message, string field) =>
        new(InferenceErrorKind.InvalidInput, message) { Field = field };
}
