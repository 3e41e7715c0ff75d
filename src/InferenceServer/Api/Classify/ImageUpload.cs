using System.Globalization;
using Google.Protobuf;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// Takes image files as they are, where the JSON calls want base64: <c>curl --data-binary @digit.png …/v1/models/NAME:classify</c>, or a
/// form with files. Query: <c>topK</c>, <c>geometry</c> (fit, digit, none). The answers are the JSON calls'.
/// </summary>
internal sealed class ImageUpload(ClassifierService classifier, LimitOptions limits)
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    // All in memory, which the body's bound allows: a disk that is full or read-only would be taken for the caller's fault.
    private FormOptions Options => new()
    {
        BufferBodyLengthLimit = limits.MaxMessageBytes,
        MemoryBufferThreshold = limits.MaxMessageBytes,
        MultipartBodyLengthLimit = limits.MaxMessageBytes,
        ValueCountLimit = limits.MaxBatch,
    };

    /// <summary>One image: the body, or the only file of a form.</summary>
    public Task ClassifyAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        var files = await ReadAsync(context);
        if (files.Count != 1)
            throw Invalid($"{files.Count} files in the form, expected one; :classifyBatch takes many", "image");
        var request = new ClassifyRequest { Model = Model(context), Version = Version(context), TopK = TopK(context), Geometry = Geometry(
            context), Image = files[0] };
        return await classifier.ClassifyAsync(request, Caller.Of(context), ServerTiming.AskedBy(context));
    });

    /// <summary>The files of a form, or the body as the only one; each has its own answer or its own error.</summary>
    public Task ClassifyBatchAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        var request = new ClassifyBatchRequest { Model = Model(context), Version = Version(context), TopK = TopK(context),
            Geometry = Geometry(context) };
        request.Images.Add(await ReadAsync(context));
        return await classifier.ClassifyBatchAsync(request, Caller.Of(context), context.Features.Get<RatedClient>(), ServerTiming.AskedBy(context));
    });

    /// <summary>Explains the answer to one image. Query: <c>layers</c> (names with commas), <c>attribution</c> (occlusion).</summary>
    public Task ExplainAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        var files = await ReadAsync(context);
        if (files.Count != 1)
            throw Invalid($"{files.Count} files in the form, expected one", "image");
        var request = new ExplainRequest
        {
            Model = Model(context),
            Version = Version(context),
            TopK = TopK(context),
            Geometry = Geometry(context),
            Image = files[0],
            Attribution = Attribution(context),
        };
        request.Layers.Add((context.Request.Query["layers"].FirstOrDefault() ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries));
        return await classifier.ExplainAsync(request, Caller.Of(context), ServerTiming.AskedBy(context));
    });

    private static async Task AnswerAsync(HttpContext context, Func<Task<IMessage>> classify)
    {
        try
        {
            var answer = await classify();
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Json.Format(answer), context.RequestAborted);
        }
        catch (InferenceException exception)
        {
            await ErrorResponse.WriteAsync(context, exception);
        }
        catch (BadHttpRequestException exception)
        {
            var kind = exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? InferenceErrorKind.TooLarge
                : InferenceErrorKind.InvalidInput;
            await ErrorResponse.WriteAsync(context, new(kind, exception.Message, exception));
        }
    }

    private async Task<IReadOnlyList<Image>> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || IsCurlsDefault(context.Request.ContentType))
            return [await ReadImageAsync(context.Request.Body, context.RequestAborted)];
        try
        {
            var form = await context.Request.ReadFormAsync(Options, context.RequestAborted);
            var images = new List<Image>();
            foreach (var file in form.Files)
                await using (var stream = file.OpenReadStream())
                    images.Add(await ReadImageAsync(stream, context.RequestAborted));
            return images;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new InferenceException(
                InferenceErrorKind.InvalidInput, $"the form cannot be read: {exception.Message}", exception) { Field = "image" };
        }
    }

    /// <summary>curl sends --data-binary under a form's content type, unless told otherwise; it is the file nevertheless.</summary>
    private static bool IsCurlsDefault(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    private static async Task<Image> ReadImageAsync(Stream stream, CancellationToken cancellationToken) =>
        new() { Encoded = await ByteString.FromStreamAsync(stream, cancellationToken) };

    private static string Model(HttpContext context) => (string)context.Request.RouteValues["model"]!;

    private static long Version(HttpContext context) => context.Request.RouteValues["version"] is not string text
        ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw Invalid($"version is \"{text}\", expected a number", "version");

    private static int TopK(HttpContext context) => context.Request.Query["topK"].FirstOrDefault() is not { } text
        ? 0
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var topK)
            ? topK
            : throw Invalid($"topK is \"{text}\", expected a number", "top_k");

    private static Geometry Geometry(HttpContext context) => context.Request.Query["geometry"].FirstOrDefault() switch
    {
        null => V1.Geometry.Unspecified,
        "fit" => V1.Geometry.Fit,
        "digit" => V1.Geometry.Digit,
        "none" => V1.Geometry.None,
        var text => throw Invalid($"geometry is \"{text}\", expected fit, digit or none", "geometry"),
    };

    private static AttributionMethod Attribution(HttpContext context) => context.Request.Query["attribution"].FirstOrDefault() switch
    {
        null => AttributionMethod.Unspecified,
        "occlusion" => AttributionMethod.Occlusion,
        var text => throw Invalid($"attribution is \"{text}\", expected occlusion", "attribution"),
    };

    private static InferenceException Invalid(string message, string field) =>
        new(InferenceErrorKind.InvalidInput, message) { Field = field };
}
