using LeNetServe.Naming;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>The classes that names of folders mean; none if labels are not read from folders.</summary>
internal sealed class FolderLabels
{
    private readonly Dictionary<string, int> indices = new(StringComparer.Ordinal);

    public FolderLabels(IReadOnlyList<string> labels, bool used)
    {
        for (var i = 0; used && i < labels.Count; i++)
            indices.TryAdd(ClassName.Of(labels[i]), i);
    }

    /// <summary>Gets the class's index; -1 if the name is not a label.</summary>
    public int IndexOf(string? folder) => folder is not null && indices.TryGetValue(ClassName.Of(folder), out var index) ? index : -1;
}
