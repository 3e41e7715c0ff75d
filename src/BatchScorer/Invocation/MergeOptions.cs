using LeNetServe.BatchScorer.Outputs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>What a merge is asked to do.</summary>
internal sealed record MergeOptions
{
    /// <summary>The job's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The merged rows; <c>scores</c> with the format's extension in the job's folder where null.</summary>
    public string? Output { get; init; }

    public OutputFormat? Format { get; init; }

    public int Preview { get; init; }

    public ErrorThreshold Threshold { get; init; }

    public bool Quiet { get; init; }
}
