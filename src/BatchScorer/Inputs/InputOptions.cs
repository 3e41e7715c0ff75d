namespace LeNetServe.BatchScorer.Inputs;

/// <summary>What to score, as the user says it.</summary>
internal sealed record InputOptions
{
    /// <summary>Files, folders and archives; <c>-</c> is a list of paths on standard input.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>A file with a path a line.</summary>
    public string? ListFile { get; init; }

    /// <summary>Lists are separated by zero bytes in place of line ends.</summary>
    public bool NullSeparated { get; init; }

    /// <summary>Globs of which one must match; those with an image's extension where empty.</summary>
    public IReadOnlyList<string> Includes { get; init; } = [];

    /// <summary>Globs of which none may match.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];
}
