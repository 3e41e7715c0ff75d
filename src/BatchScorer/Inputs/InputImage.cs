using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>One image to score, or an input that could not even be listed.</summary>
internal sealed record InputImage
{
    /// <summary>The name in the row: the path's text, with <c>!/member</c> for a member of an archive.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes of the file's path with a terminating zero; empty for a member of an archive.</summary>
    public byte[] File { get; init; } = [];

    /// <summary>The name of the folder it lies in, which may be its label.</summary>
    public string? Folder { get; init; }

    /// <summary>The content of a member of an archive, until it is decoded.</summary>
    public byte[]? Content { get; init; }

    /// <summary>The model's input for a member of an archive, C×H×W, once it is decoded.</summary>
    public byte[]? Pixels { get; init; }

    /// <summary>The archive it is a member of.</summary>
    public string? Archive { get; init; }

    /// <summary>The reason why there is nothing to read.</summary>
    public RowError? Error { get; init; }

    /// <summary>The part of a job that it belongs to.</summary>
    public long Part { get; init; }

    /// <summary>Its row of an earlier call; good if the content is still the same.</summary>
    public ScoreRow? Known { get; init; }
}
