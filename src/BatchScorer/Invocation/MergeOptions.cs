using LeNetServe.BatchScorer.Outputs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>A request to merge the parts of a job.</summary>
internal sealed record MergeOptions
{
    /// <summary>The job's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The merged rows; null for <c>scores</c> with the format's extension in the job's folder.</summary>
    public string? Output { get; init; }

    public OutputFormat? Format { get; init; }

    public bool CsvSafe { get; init; }

    public int Preview { get; init; }

    /// <summary>Folder of the mistakes' heat maps; null for none.</summary>
    public string? HeatMaps { get; init; }

    public ErrorThreshold Threshold { get; init; }

    public bool Quiet { get; init; }
}
