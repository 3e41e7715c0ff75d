using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Turns messages into the pipeline's input.</summary>
internal static class Inputs
{
    /// <summary>Gets the image of a request.</summary>
    /// <exception cref="InferenceException">The image is missing, or the geometry is unknown.</exception>
    public static InferenceInput Of(Image? image, Geometry geometry) => image?.SourceCase switch
    {
        // Pixels need no geometry. An unknown one is an error nevertheless.
        Image.SourceOneofCase.Pixels => new(InputKind.Pixels, image.Pixels.Memory, GeometryOf(geometry)),
        Image.SourceOneofCase.Encoded => new(InputKind.Encoded, image.Encoded.Memory, GeometryOf(geometry)),
        _ => throw NoImage(),
    };

    /// <summary>Gets one image of a batch. Returns its error instead of throwing it.</summary>
    public static InferenceInput TryOf(Image image, Geometry geometry, out InferenceException? error)
    {
        error = image.SourceCase switch
        {
            Image.SourceOneofCase.None => NoImage(),
            _ when !Enum.IsDefined(geometry) => UnknownGeometry(geometry),
            _ => null,
        };
        return error is null ? Of(image, geometry) : default;
    }

    /// <summary>Rejects a negative number of predictions. A number above the number of classes means all.</summary>
    /// <exception cref="InferenceException">The number is negative.</exception>
    public static void RequireTopK(int topK)
    {
        if (topK < 0)
            throw InferenceException.InvalidInput($"top_k is {topK}, expected 0 for all classes or a positive number", "top_k");
    }

    /// <summary>Converts the protocol's geometry; null for the model's own.</summary>
    public static Imaging.Geometry? GeometryOf(Geometry geometry) => geometry switch
    {
        Geometry.Unspecified => null,
        Geometry.Fit => Imaging.Geometry.Fit,
        Geometry.Digit => Imaging.Geometry.Digit,
        Geometry.None => Imaging.Geometry.None,
        _ => throw UnknownGeometry(geometry),
    };

    /// <summary>Converts a model's geometry to the protocol's.</summary>
    public static Geometry GeometryOf(Imaging.Geometry geometry) => geometry switch
    {
        Imaging.Geometry.Fit => Geometry.Fit,
        Imaging.Geometry.Digit => Geometry.Digit,
        Imaging.Geometry.None => Geometry.None,
        _ => throw new ArgumentOutOfRangeException(nameof(geometry), geometry, "no such geometry"),
    };

    private static InferenceException NoImage() =>
        InferenceException.InvalidInput("the request has no image, expected pixels or encoded", "image");

    private static InferenceException UnknownGeometry(Geometry geometry) => InferenceException.InvalidInput(
        $"geometry is {(int)geometry}, expected 0 (the model's own), 1 (fit), 2 (digit) or 3 (none)", "geometry");
}
