namespace LeNetServe.Exporter.Proof;

/// <summary>The figures of a model file, measured on the file itself.</summary>
internal sealed record VerifyResult
{
    public required string Path { get; init; }

    /// <summary>Gets the SHA-256 of the file and its data files, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the model's name; null for a foreign file.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the comparison with the golden tensors; null if there are none.</summary>
    public GoldenVerdict? Golden { get; init; }

    /// <summary>Gets the figures on a test set; null if none was asked for.</summary>
    public DatasetProof? Dataset { get; init; }

    /// <summary>Gets the seconds for the whole test set on one thread.</summary>
    public double? Seconds { get; init; }

    /// <summary>Gets whether no figure contradicts the file's own statements.</summary>
    public bool Passed => Golden?.Passed != false && Dataset?.Passed != false && Dataset?.Coverage?.All(sets => sets.Passed) != false;
}
