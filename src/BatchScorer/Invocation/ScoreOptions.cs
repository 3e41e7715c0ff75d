using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Progress;
using LeNetServe.Cli;
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

    /// <summary>A file with the servers' bearer token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>PEM file of the authorities that may sign the servers' certificates.</summary>
    public string? CaFile { get; init; }

    /// <summary>How long to wait for servers that are away or full.</summary>
    public TimeSpan ServerPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A file, <c>-</c> for standard output, or a folder for a job that can be resumed.</summary>
    public required string Output { get; init; }

    /// <summary>How rows are written; by the output's extension where null, else JSONL.</summary>
    public OutputFormat? Format { get; init; }

    public int TopK { get; init; } = 3;

    public Geometry? Imaging { get; init; }

    /// <summary>Whether folder names that are a class's label say what an image is.</summary>
    public bool FolderLabels { get; init; } = true;

    public ErrorThreshold Threshold { get; init; }

    /// <summary>The share of a job to score; null for all of it, and the merge.</summary>
    public WorkShare? Share { get; init; }

    /// <summary>Images in a part of a new job.</summary>
    public int PartSize { get; init; } = 1000;

    /// <summary>List the images of a job anew.</summary>
    public bool Refresh { get; init; }

    /// <summary>Images on the contact sheet; 0 for none.</summary>
    public int Preview { get; init; }

    /// <summary>Chunks worked on at a time; chosen by the classifier where null.</summary>
    public int? Parallelism { get; init; }

    public ProgressStyle Progress { get; init; }

    /// <summary>Nothing on standard error but failures.</summary>
    public bool Quiet { get; init; }

    /// <summary>Whether the output is a folder.</summary>
    public bool IsJob => Output != OutputSink.StandardOutput && OutputFormats.OfExtension(Output) is null;
}
