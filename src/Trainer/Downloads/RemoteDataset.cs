namespace LeNetServe.Trainer.Downloads;

/// <summary>A data set with published files.</summary>
internal sealed record RemoteDataset
{
    /// <summary>The name, as in <c>--dataset NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A description in one line.</summary>
    public required string Title { get; init; }

    /// <summary>Addresses of folders that hold the files, each ending in a slash, in the order in which they are tried.</summary>
    public required IReadOnlyList<Uri> Mirrors { get; init; }

    public required IReadOnlyList<RemoteFile> Files { get; init; }

    /// <summary>Sub-folders that serve in place of the files: unpacked by hand, or image folders. No hash is published for them.</summary>
    public IReadOnlyList<string> Alternatives { get; init; } = [];
}
