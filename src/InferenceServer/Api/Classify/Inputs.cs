using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>From the request's messages to the pipeline's input.</summary>
internal static class Inputs
{
    /// <summary>The image of a request.</summary>
    /// <exception cref="InferenceException">There is none, or the geometry is unknown.</exception>
    public static InferenceInput Of(Image? image, Geometry geometry) => image?.SourceCase switch
    {
        Image.SourceOneofCase.Pixels => new(InputKind.Pixels, image.Pixels.Memory),
        Image.SourceOneofCase.Encoded => new(InputKind.Encoded, image.Encoded.Memory, GeometryOf(geometry)),
        _ => throw new InferenceException(InferenceErrorKind.InvalidInput, "the request has no image, expected pixels or encoded") { Field = "image" },
    };

    /// <summary>One image of a batch; its fault comes back instead of being thrown, and the input is then empty.</summary>
    public static InferenceInput TryOf(Image image, Geometry geometry, out InferenceException? error)
    {
        try
        {
            error = null;
            return Of(image, geometry);
        }
        catch (InferenceException exception)
        {
            error = exception;
            return default;
        }
    }

    /// <summary>Refuses a negative number of predictions; more than there are classes means all.</summary>
    /// <exception cref="InferenceException">It is negative.</exception>
    public static void RequireTopK(int topK)
    {
        if (topK < 0)
            throw new InferenceException(InferenceErrorKind.InvalidInput, $"top_k is {topK}, expected 0 for all classes or how many are wanted") { Field = "top_k" };
    }

    /// <summary>Our name of the protocol's geometry; null as the model declares.</summary>
    public static Imaging.Geometry? GeometryOf(Geometry geometry) => geometry switch
    {
        Geometry.Unspecified => null,
        Geometry.Fit => Imaging.Geometry.Fit,
        Geometry.Digit => Imaging.Geometry.Digit,
        Geometry.None => Imaging.Geometry.None,
        _ => throw new InferenceException(InferenceErrorKind.InvalidInput, $"geometry is {(int)geometry}, expected 0 (as the model declares), 1 (fit), 2 (digit) or 3 (none)") { Field = "geometry" },
    };

    /// <summary>The protocol's name of our geometry.</summary>
    public static Geometry GeometryOf(Imaging.Geometry geometry) => geometry switch
    {
        Imaging.Geometry.Fit => Geometry.Fit,
        Imaging.Geometry.Digit => Geometry.Digit,
        Imaging.Geometry.None => Geometry.None,
        _ => throw new ArgumentOutOfRangeException(nameof(geometry), geometry, "no such geometry"),
    };
}
