using System.Text.Json.Serialization;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>A row of the frozen list.</summary>
internal sealed record ListedImage
{
    /// <summary>The image's name, as in its row.</summary>
    public required string Path { get; init; }

    /// <summary>The archive it is in; null for a file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Archive { get; init; }

    /// <summary>Name of the folder it lies in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Folder { get; init; }

    /// <summary>The kind of the error, if there is nothing to read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorText { get; init; }
}
