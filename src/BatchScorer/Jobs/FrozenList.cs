using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>The list of a job's images, as a file that never changes: every shard, on every machine, counts by it.</summary>
internal static class FrozenList
{
    /// <summary>Writes a list. The file name contains the content's hash.</summary>
    /// <returns>File name, SHA-256 and number of rows.</returns>
    /// <exception cref="InvalidDataException">The list is empty.</exception>
    public static (string Name, string Sha256, long Images) Write(string folder, IEnumerable<InputImage> images)
    {
        using var file = new TemporaryFile(Path.Combine(folder, "manifest"));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long count = 0;
        foreach (var image in images)
        {
            var line = LineOf(image);
            hash.AppendData(line);
            file.Stream.Write(line);
            count++;
        }
        if (count == 0)
            throw new InvalidDataException(InputListing.NoImages);
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        var name = $"manifest-{sha256[..16]}.jsonl";
        file.Publish(Path.Combine(folder, name));
        return (name, sha256, count);
    }

    /// <summary>Gets whether a job's list is that of these images.</summary>
    public static bool IsOf(IEnumerable<InputImage> images, JobFile job)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var image in images)
            hash.AppendData(LineOf(image));
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == job.ListSha256;
    }

    private static byte[] LineOf(InputImage image) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(Line(image), JobJson.Default.ListedImage), (byte)'\n'];

    /// <summary>Reads a list.</summary>
    /// <exception cref="InvalidDataException">The list is not the one that was frozen.</exception>
    public static IEnumerable<ListedImage> Read(string folder, JobFile job)
    {
        var path = Path.Combine(folder, job.List);
        using (var file = RegularFile.Open(path))
        {
            var found = Convert.ToHexStringLower(SHA256.HashData(file));
            if (found != job.ListSha256)
                throw new InvalidDataException(
                    $"{path}: SHA-256 {found}, expected {job.ListSha256} as in job.json; the frozen list was changed, "
                    + "start anew in another folder");
        }
        return Lines(path);
    }

    private static IEnumerable<ListedImage> Lines(string path)
    {
        using var file = RegularFile.Open(path);
        foreach (var line in PathList.Read(file, nullSeparated: false))
            yield return JsonSerializer.Deserialize(line, JobJson.Default.ListedImage)!;
    }

    private static ListedImage Line(InputImage image) => new()
    {
        Path = image.Name,
        Archive = image.Archive,
        Folder = image.Folder,
        Error = image.Error?.Kind,
        ErrorText = image.Error?.Text,
    };

    /// <summary>Gets the image of a row that is not an archive's.</summary>
    public static InputImage Image(ListedImage line, byte[] directory, long part, ScoreRow? known)
    {
        var path = line.Error is null ? FilePath.ToBytes(line.Path) : [];
        return new InputImage
        {
            Name = line.Path,
            File = FilePath.Terminated(path.Length == 0 ? path : FilePath.Under(directory, path)),
            Folder = line.Folder,
            Error = line.Error is null ? null : new RowError(line.Error, line.ErrorText ?? ""),
            Part = part,
            Known = known,
        };
    }

    public static byte[] DirectoryBytes(JobFile job) => Encoding.UTF8.GetBytes(job.Directory);
}
