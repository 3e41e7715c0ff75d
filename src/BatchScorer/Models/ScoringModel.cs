using System.Text.Json.Serialization;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Models;

/// <summary>The model that scores, the same whether it runs here or in a server.</summary>
internal record ScoringModel
{
    [JsonPropertyName("model")]
    public required string Name { get; init; }

    /// <summary>Gets the version; 0 for a file outside a version's directory.</summary>
    public required long Version { get; init; }

    /// <summary>SHA-256 of the ONNX file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Gets the way from a picture to pixels, after any override.</summary>
    public required ImagingSpec Imaging { get; init; }

    /// <summary>Gets the largest novelty of a known image; null if the model has no output for it.</summary>
    public double? NoveltyThreshold { get; init; }
}
