using LeNetServe.BatchScorer.Models;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>Everything that a row depends on besides its image: rows of equal keys and equal content hashes are equal.</summary>
internal sealed record ScoringKey
{
    public required string Model { get; init; }

    public required long Version { get; init; }

    /// <summary>SHA-256 of the ONNX file.</summary>
    public required string Sha256 { get; init; }

    public required ImagingSpec Imaging { get; init; }

    public required int TopK { get; init; }

    public required bool FolderLabels { get; init; }

    public required string[] Labels { get; init; }

    /// <summary>The largest novelty of a known image; null if the model has no output for it.</summary>
    public double? NoveltyThreshold { get; init; }

    /// <summary>True if images above the threshold have an error instead of a score.</summary>
    public bool Reject { get; init; }

    public static ScoringKey Of(ScoringModel model, int topK, bool folderLabels, bool reject = false) => new()
    {
        Model = model.Name,
        Version = model.Version,
        Sha256 = model.Sha256,
        Imaging = model.Imaging,
        TopK = topK,
        FolderLabels = folderLabels,
        Labels = [.. model.Labels],
        NoveltyThreshold = model.NoveltyThreshold,
        Reject = reject,
    };

    public ScoringModel ToModel() => new()
    {
        Name = Model,
        Version = Version,
        Sha256 = Sha256,
        Labels = Labels,
        Imaging = Imaging,
        NoveltyThreshold = NoveltyThreshold,
    };

    public bool Equals(ScoringKey? other) => other is not null
        && (Model, Version, Sha256, Imaging, TopK, FolderLabels, Reject)
            == (other.Model, other.Version, other.Sha256, other.Imaging, other.TopK, other.FolderLabels, other.Reject)
        && Labels.AsSpan().SequenceEqual(other.Labels);

    public override int GetHashCode() => HashCode.Combine(Sha256, Imaging, TopK);
}
