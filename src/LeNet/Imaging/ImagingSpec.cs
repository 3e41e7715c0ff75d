using LeNetServe.Specs;

namespace LeNetServe.Imaging;

/// <summary>
/// The input of a model, so that every program makes the same pixels of the same picture. Pixels are bytes 0..255, C×H×W. Scaling and
/// normalization are in the model.
/// </summary>
public sealed record ImagingSpec
{
    /// <summary>The model's input, 1×32×32 (gray) or 3×32×32 (RGB).</summary>
    public required TensorShape Input { get; init; }

    /// <summary>The way to bring a picture of another size to the model's.</summary>
    public Geometry Geometry { get; init; } = Geometry.Fit;

    /// <summary>Side of the data set's own images, in pixels (MNIST: 28). An image of that size is never resampled, only padded.</summary>
    public int ContentSize { get; init; } = 32;

    /// <summary>Value, 0..255, of the pixels that padding adds.</summary>
    public byte Background { get; init; }
}
