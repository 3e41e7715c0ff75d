using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>One image to score, or an input that could not even be listed.</summary>
internal sealed record InputImage
{
    /// <summary>What the row calls it: the path's text, with <c>!/member</c> behind it for a member of an archive.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes of the file's path with a terminating zero; empty for a member of an archive.</summary>
    public byte[] File { get; init; } = [];

    /// <summary>Name of the folder it lies in, where that may be its label.</summary>
    public string? Folder { get; init; }

    /// <summary>The content of a member of an archive, until it is decoded.</summary>
    public byte[]? Content { get; init; }

    /// <summary>What the model saw of a member of an archive, C×H×W, once it is decoded.</summary>
    public byte[]? Pixels { get; init; }

    /// <summary>The archive it is a member of.</summary>
    public string? Archive { get; init; }

    /// <summary>Why there is nothing to read.</summary>
    public RowError? Error { get; init; }

    /// <summary>The part of a job that it belongs to.</summary>
    public long Part { get; init; }

    /// <summary>Its row of an earlier call; good where the content is still the same.</summary>
    public ScoreRow? Known { get; init; }
}
