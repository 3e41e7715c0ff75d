using LeNetServe.Imaging;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>Adds up the pixels that the headers of a request's pictures promise.</summary>
/// <param name="most">The most pixels of all pictures (<see cref="LimitOptions.MaxRequestPixels"/>).</param>
internal struct PixelBudget(long most)
{
    private const long MostOfOne = 1L << 40;
    private int images;

    /// <summary>Gets the pixels so far.</summary>
    public long Pixels { get; private set; }

    /// <summary>Adds an image.</summary>
    /// <param name="encoded">The picture or its beginning; empty for raw pixels.</param>
    /// <exception cref="InferenceException">There are too many pixels.</exception>
    public void Add(ReadOnlySpan<byte> encoded)
    {
        images++;
        Pixels += Math.Min(PictureSize.Pixels(encoded), MostOfOne);
        if (Pixels > most)
            throw new InferenceException(
                InferenceErrorKind.TooLarge,
                $"the headers of the first {images} images say {Pixels} pixels, expected at most {most} in one request; "
                + LimitOptions.Remedy(nameof(LimitOptions.MaxRequestPixels)))
            {
                Field = "images",
            };
    }
}
