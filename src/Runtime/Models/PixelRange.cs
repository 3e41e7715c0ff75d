namespace LeNetServe.Runtime.Models;

/// <summary>Linear map from a pixel 0..255 to the value that the model expects: pixel × <paramref name="Scale"/> + <paramref name="Offset"/>.</summary>
public readonly record struct PixelRange(float Scale, float Offset)
{
    /// <summary>Values are the pixels: 0..255.</summary>
    public static readonly PixelRange Raw = new(1, 0);

    /// <summary>ONNX's standard names of pixel ranges, as in the metadata key <c>Image.NominalPixelRange</c>; null for one that is not served.</summary>
    public static PixelRange? FromMetadata(string name) => name switch
    {
        "NominalRange_0_255" => Raw,
        "Normalized_0_1" => new(1 / 255f, 0),
        "Normalized_1_1" => new(2 / 255f, -1),
        _ => null,
    };
}
