namespace LeNetServe.Client;

/// <summary>A served model version.</summary>
public sealed record ModelInfo
{
    /// <summary>Gets the model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the version.</summary>
    public required long Version { get; init; }

    /// <summary>Gets the class names in the order of <see cref="Prediction.Index"/>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Gets the number of channels of the input: 1 (gray) or 3 (RGB).</summary>
    public required int Channels { get; init; }

    /// <summary>Gets the height of the input in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Gets the width of the input in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the model's way to fit pictures to its size.</summary>
    public Geometry Geometry { get; init; }

    /// <summary>Gets the SHA-256 of the ONNX file, in lowercase hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the device that runs the model: <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = "";

    /// <summary>Gets a value indicating whether this version answers requests without a version.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Gets the state: <c>READY</c>, <c>LOADING</c> or <c>UNAVAILABLE</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>Gets the JSON of the model's manifest; empty for a foreign model.</summary>
    public string Manifest { get; init; } = "";

    /// <summary>Gets the number of bytes of one image as raw pixels: C×H×W.</summary>
    public int PixelCount => Channels * Height * Width;
}
