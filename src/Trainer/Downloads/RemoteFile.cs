namespace LeNetServe.Trainer.Downloads;

/// <summary>One file of a published data set with its hashes.</summary>
internal sealed record RemoteFile
{
    /// <summary>File name, appended to the mirror's address.</summary>
    public required string Name { get; init; }

    /// <summary>Size as published, in bytes. A mirror that sends more is cut off.</summary>
    public required long Bytes { get; init; }

    /// <summary>MD5 of the file as published, lower-case hexadecimal.</summary>
    public string? Md5 { get; init; }

    /// <summary>SHA-256 of the file as published, lower-case hexadecimal.</summary>
    public string? Sha256 { get; init; }

    /// <summary>SHA-256 of the unzipped content of a <c>.gz</c> file: a copy that was compressed anew is the same data.</summary>
    public string? ContentSha256 { get; init; }

    /// <summary>The folder that a <c>.tar.gz</c> holds at its top; the archive is unpacked beside itself.</summary>
    public string? UnpacksTo { get; init; }

    /// <summary>Gets the file's name without <c>.gz</c>: an unzipped copy serves as well if its content hash is pinned.</summary>
    public string? UnzippedName => ContentSha256 is not null && Name.EndsWith(".gz", StringComparison.Ordinal) ? Name[..^3] : null;
}
