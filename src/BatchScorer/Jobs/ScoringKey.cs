using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using LeNetServe.BatchScorer.Models;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>
/// Everything that a row depends on besides its image: the model and the options. Rows of equal keys and equal content hashes are equal.
/// </summary>
internal sealed record ScoringKey : ScoringModel
{
    [JsonConstructor]
    public ScoringKey()
    {
    }

    [SetsRequiredMembers]
    public ScoringKey(ScoringModel model, int topK, bool folderLabels, bool reject = false)
        : base(model)
    {
        TopK = topK;
        FolderLabels = folderLabels;
        Reject = reject;
    }

    public required int TopK { get; init; }

    public required bool FolderLabels { get; init; }

    /// <summary>True if images above the threshold have an error instead of a score.</summary>
    public bool Reject { get; init; }

    public bool Equals(ScoringKey? other) => other is not null
        && (Name, Version, Sha256, Imaging, TopK, FolderLabels, Reject)
            == (other.Name, other.Version, other.Sha256, other.Imaging, other.TopK, other.FolderLabels, other.Reject)
        && Labels.SequenceEqual(other.Labels);

    public override int GetHashCode() => HashCode.Combine(Sha256, Imaging, TopK);
}
