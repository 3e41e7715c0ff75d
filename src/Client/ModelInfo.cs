namespace LeNetServe.Client;

/// <summary>A served model version.</summary>
public sealed record ModelInfo
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Version.</summary>
    public required long Version { get; init; }

    /// <summary>Class names; the order is that of <see cref="Prediction.Index"/>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Channels of the input: 1 (gray) or 3 (RGB).</summary>
    public required int Channels { get; init; }

    /// <summary>Height of the input in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Width of the input in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>How the model wants pictures brought to its size.</summary>
    public Geometry Geometry { get; init; }

    /// <summary>SHA-256 of the ONNX file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Where it runs: <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = "";

    /// <summary>Whether this version answers when none is asked for.</summary>
    public bool IsDefault { get; init; }

    /// <summary><c>READY</c>, <c>LOADING</c> or <c>UNAVAILABLE</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>The model's manifest, JSON; empty for a foreign model.</summary>
    public string Manifest { get; init; } = "";

    /// <summary>Bytes of one image sent as raw pixels: C×H×W.</summary>
    public int PixelCount => Channels * Height * Width;
}
