using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Models;

/// <summary>The model that scores, the same whether it runs here or in a server.</summary>
internal sealed record ScoringModel
{
    public required string Name { get; init; }

    /// <summary>Version; 0 for a file that is no version of a model.</summary>
    public required long Version { get; init; }

    /// <summary>SHA-256 of the ONNX file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How pictures become pixels, after any override.</summary>
    public required ImagingSpec Imaging { get; init; }
}
