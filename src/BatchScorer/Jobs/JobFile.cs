using System.Text.Json.Serialization;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary><c>job.json</c>: the subject of a job's folder, written once, when the list of images is frozen.</summary>
internal sealed record JobFile
{
    public int Format { get; init; } = 1;

    /// <summary>The frozen list's file name.</summary>
    [JsonPropertyName("manifest")]
    public required string List { get; init; }

    /// <summary>SHA-256 of the frozen list.</summary>
    [JsonPropertyName("manifest_sha256")]
    public required string ListSha256 { get; init; }

    /// <summary>Rows of the frozen list.</summary>
    public required long Images { get; init; }

    /// <summary>Images in a part; the last one may have fewer.</summary>
    public required int PartSize { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    public required string Directory { get; init; }

    /// <summary>The inputs as they were named; another call must name the same.</summary>
    public required string[] Inputs { get; init; }
}
