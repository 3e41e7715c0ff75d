namespace LeNetServe.Runtime.Models;

/// <summary>
/// The linear map from a pixel 0..255 to the model's input: pixel × <paramref name="Scale"/> + <paramref name="Offset"/>.
/// </summary>
public readonly record struct PixelRange(float Scale, float Offset)
{
    /// <summary>The identity: values are pixels, 0..255.</summary>
    public static readonly PixelRange Raw = new(1, 0);

    /// <summary>
    /// Converts ONNX's name of a pixel range (metadata key <c>Image.NominalPixelRange</c>); null if the range is not supported.
    /// </summary>
    public static PixelRange? FromMetadata(string name) => name switch
    {
        "NominalRange_0_255" => Raw,
        "Normalized_0_1" => new(1 / 255f, 0),
        "Normalized_1_1" => new(2 / 255f, -1),
        _ => null,
    };
}
