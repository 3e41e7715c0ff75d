using System.IO.Compression;
using System.Security.Cryptography;
using LeNetServe.Files;

namespace LeNetServe.Trainer.Downloads;

/// <summary>A file's state and the reason.</summary>
/// <param name="Path">The file.</param>
/// <param name="State">The state.</param>
/// <param name="Reason">The found and the expected hashes of a damaged file; the hash that agrees otherwise.</param>
internal sealed record FileVerdict(string Path, FileState State, string Reason)
{
    /// <summary>Judges the file of that name in <paramref name="directory"/>, or its unzipped copy.</summary>
    public static FileVerdict Of(string directory, RemoteFile file)
    {
        var path = System.IO.Path.Combine(directory, file.Name);
        if (File.Exists(path))
            return OfFile(path, file);
        if (file.UnzippedName is not { } unzipped || System.IO.Path.Combine(directory, unzipped) is var plain && !File.Exists(plain))
            return new(path, FileState.Missing, "not there");
        return Judge(plain, [new("SHA-256", HashOf(plain, SHA256.HashData), file.ContentSha256!)]);
    }

    /// <summary>Judges a copy of <paramref name="file"/> by the published hash, or else by that of the unzipped content.</summary>
    public static FileVerdict OfFile(string path, RemoteFile file)
    {
        var published = new List<Comparison>();
        if (file.Sha256 is not null)
            published.Add(new("SHA-256", HashOf(path, SHA256.HashData), file.Sha256));
#pragma warning disable CA5351 // the publisher gives MD5; the content's SHA-256 is pinned beside it if it is known
        if (file.Md5 is not null)
            published.Add(new("MD5", HashOf(path, MD5.HashData), file.Md5));
#pragma warning restore CA5351
        var verdict = Judge(path, published);
        if (verdict.State == FileState.Sound || file.ContentSha256 is null)
            return verdict;
        var content = new Comparison("SHA-256 of the unzipped content", ContentHash(path), file.ContentSha256);
        return content.Agrees ? Judge(path, [content]) : Judge(path, [.. published, content]);
    }

    private static FileVerdict Judge(string path, IReadOnlyList<Comparison> comparisons) => comparisons.All(comparison => comparison.Agrees)
        ? new(path, FileState.Sound, string.Join(", ", comparisons.Select(comparison => $"{comparison.Hash} {comparison.Found}")))
        : new(path, FileState.Damaged, $"{new FileInfo(path).Length} bytes, " + string.Join("; ", comparisons
            .Where(comparison => !comparison.Agrees)
            .Select(comparison => $"{comparison.Hash} found {comparison.Found}, expected {comparison.Expected}")));

    private static string HashOf(string path, Func<Stream, byte[]> hash)
    {
        using var stream = RegularFile.Open(path);
        return Convert.ToHexStringLower(hash(stream));
    }

    private static string ContentHash(string path)
    {
        try
        {
            using var stream = new GZipStream(RegularFile.Open(path), CompressionMode.Decompress);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (InvalidDataException exception)
        {
            return $"none (not a sound gzip file: {exception.Message.TrimEnd('.')})";
        }
    }

    private sealed record Comparison(string Hash, string Found, string Expected)
    {
        public bool Agrees => Found == Expected;
    }
}
