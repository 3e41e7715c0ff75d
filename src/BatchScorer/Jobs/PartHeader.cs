namespace LeNetServe.BatchScorer.Jobs;

/// <summary>First line of a part's file.</summary>
internal sealed record PartHeader
{
    public int Format { get; init; } = 1;

    /// <summary>Number of the part, from 0.</summary>
    public required long Part { get; init; }

    /// <summary>Row of the frozen list that its first row is, from 0.</summary>
    public required long First { get; init; }

    /// <summary>Its rows.</summary>
    public required int Count { get; init; }

    /// <summary>The key of the rows.</summary>
    public required ScoringKey Scoring { get; init; }
}
