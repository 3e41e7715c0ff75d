namespace LeNetServe.BatchScorer.Inputs;

/// <summary>The inputs that the user names.</summary>
internal sealed record InputOptions
{
    /// <summary>Files, folders and archives; <c>-</c> is a list of paths on standard input.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>A file with a path a line.</summary>
    public string? ListFile { get; init; }

    /// <summary>Lists are separated by zero bytes in place of line ends.</summary>
    public bool NullSeparated { get; init; }

    /// <summary>Globs of which one must match; if there are none, files with an image's extension.</summary>
    public IReadOnlyList<string> Includes { get; init; } = [];

    /// <summary>Globs of which none may match.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>The files that this call writes, which are not inputs.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
}
