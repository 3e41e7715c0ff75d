using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Progress;
using LeNetServe.Cli;
using LeNetServe.Imaging;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>A request to score images.</summary>
internal sealed record ScoreOptions
{
    public required InputOptions Inputs { get; init; }

    /// <summary>A model file or directory; with servers, also a served model's name, <c>NAME</c> or <c>NAME/VERSION</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The device of a model in this process: auto, cpu or cuda.</summary>
    public Device Device { get; init; }

    /// <summary>Servers that score; empty to score in this process.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>A file with the servers' bearer token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>PEM file of the authorities that may sign the servers' certificates.</summary>
    public string? CaFile { get; init; }

    /// <summary>The longest wait for servers that are away or full.</summary>
    public TimeSpan ServerPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A file, <c>-</c> for standard output, or a folder for a job that can be resumed.</summary>
    public required string Output { get; init; }

    /// <summary>Format of the rows; null for that of the output's extension, else JSONL.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>Keeps spreadsheets from running texts in CSV as formulas.</summary>
    public bool CsvSafe { get; init; }

    public int TopK { get; init; } = 3;

    public Geometry? Imaging { get; init; }

    /// <summary>A folder's name that is a class's label is the label of the images in it.</summary>
    public bool FolderLabels { get; init; } = true;

    /// <summary>Images that are not like those of training get an error instead of a score.</summary>
    public bool Reject { get; init; }

    public ErrorThreshold Threshold { get; init; }

    /// <summary>The share of a job to score; null for all of it, and the merge.</summary>
    public WorkShare? Share { get; init; }

    /// <summary>Images in a part of a new job.</summary>
    public int PartSize { get; init; } = 1000;

    /// <summary>List the images of a job anew.</summary>
    public bool Refresh { get; init; }

    /// <summary>Images on the contact sheet; 0 for none.</summary>
    public int Preview { get; init; }

    /// <summary>Folder of the mistakes' heat maps; null for none.</summary>
    public string? HeatMaps { get; init; }

    /// <summary>Chunks worked on at a time; null for the classifier's choice.</summary>
    public int? Parallelism { get; init; }

    public ProgressStyle Progress { get; init; }

    /// <summary>Only failures go to standard error.</summary>
    public bool Quiet { get; init; }

    /// <summary>Gets a value that tells whether the output is a folder.</summary>
    public bool IsJob => Output != OutputSink.StandardOutput && OutputFormats.OfExtension(Output) is null;
}
