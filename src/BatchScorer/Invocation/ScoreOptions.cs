using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>What a scoring run is asked to do.</summary>
internal sealed record ScoreOptions
{
    public required InputOptions Inputs { get; init; }

    /// <summary>A model file or directory; with servers, also a served model's name, <c>NAME</c> or <c>NAME/VERSION</c>.</summary>
    public string? Model { get; init; }

    /// <summary>Servers that score; empty to score in this process.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>A file, <c>-</c> for standard output, or a folder for a job that can be resumed.</summary>
    public required string Output { get; init; }

    /// <summary>How rows are written; by the output's extension where null, else JSONL.</summary>
    public OutputFormat? Format { get; init; }

    public int TopK { get; init; } = 3;

    public Geometry? Imaging { get; init; }

    /// <summary>Whether folder names that are a class's label say what an image is.</summary>
    public bool FolderLabels { get; init; } = true;

    public ErrorThreshold Threshold { get; init; }

    /// <summary>Chunks worked on at a time; chosen by the classifier where null.</summary>
    public int? Parallelism { get; init; }

    /// <summary>Nothing on standard error but failures.</summary>
    public bool Quiet { get; init; }
}
