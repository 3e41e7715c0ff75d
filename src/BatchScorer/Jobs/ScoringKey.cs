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

    public static ScoringKey Of(ScoringModel model, int topK, bool folderLabels) => new()
    {
        Model = model.Name,
        Version = model.Version,
        Sha256 = model.Sha256,
        Imaging = model.Imaging,
        TopK = topK,
        FolderLabels = folderLabels,
        Labels = [.. model.Labels],
    };

    public ScoringModel ToModel() => new() { Name = Model, Version = Version, Sha256 = Sha256, Labels = Labels, Imaging = Imaging };

    public bool Equals(ScoringKey? other) => other is not null
        && (Model, Version, Sha256, Imaging, TopK, FolderLabels)
            == (other.Model, other.Version, other.Sha256, other.Imaging, other.TopK, other.FolderLabels)
        && Labels.AsSpan().SequenceEqual(other.Labels);

    public override int GetHashCode() => HashCode.Combine(Sha256, Imaging, TopK);
}
