
namespace LeNetServe.Exporter.Proof;

/// <summary>What a model file does, measured on the file itself.</summary>
internal sealed record VerifyResult
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>SHA-256 of the file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The model's name; null for a foreign file.</summary>
    public string? Name { get; init; }

    /// <summary>Golden images with torch's best class; null where there are no golden tensors.</summary>
    public GoldenVerdict? Golden { get; init; }

    /// <summary>On a test set; null where none was asked for.</summary>
    public DatasetProof? Dataset { get; init; }

    /// <summary>Seconds for the whole test set, one thread.</summary>
    public double? Seconds { get; init; }

    /// <summary>Nothing measured contradicts what the file says of itself.</summary>
    public bool Passed => Golden?.Passed != false && Dataset?.Passed != false;
}
