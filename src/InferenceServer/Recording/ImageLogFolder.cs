using System.Text.RegularExpressions;
using LeNetServe.Files;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>
/// The folder of logged images, with a folder for each model. Deletes the oldest images before the folder takes more than its space.
/// Files of other names and folders below a model's folder belong to the person who labels, and stay.
/// </summary>
internal sealed partial class ImageLogFolder(string path, long maxBytes)
{
    // The space that a small file takes in most file systems.
    private const long Block = 4096;

    private static readonly EnumerationOptions OfModels = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1 };
    private Queue<(string Path, long Bytes)>? files;
    private long bytes;

    /// <summary>Writes an image. Other programs see it whole or not at all.</summary>
    /// <exception cref="IOException">The folder cannot be read, or the file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The server may not write to the folder.</exception>
    public void Write(string model, string name, byte[] png)
    {
        files ??= Scan();
        DeleteOldest(maxBytes - SpaceOf(png.Length));
        var folder = Directory.CreateDirectory(Path.Combine(path, model)).FullName;
        using var file = new TemporaryFile(Path.Combine(folder, name));
        file.Stream.Write(png);
        // A decoder finds out that half of an image is missing.
        file.Publish(flush: false, replace: false);
        Add(files, Path.Combine(folder, name), png.Length);
    }

    private Queue<(string Path, long Bytes)> Scan()
    {
        bytes = 0;
        var found = new Queue<(string Path, long Bytes)>();
        foreach (var file in new DirectoryInfo(path).EnumerateFiles("*.png", OfModels)
            .Where(file => Own().IsMatch(file.Name))
            .OrderBy(file => file.Name, StringComparer.Ordinal))
            Add(found, file.FullName, file.Length);
        return found;
    }

    private void Add(Queue<(string Path, long Bytes)> target, string file, long length)
    {
        target.Enqueue((file, length));
        bytes += SpaceOf(length);
    }

    private void DeleteOldest(long limit)
    {
        while (bytes > limit && files!.TryPeek(out var oldest))
        {
            // The person who labels may have moved the file.
            if (File.Exists(oldest.Path))
                File.Delete(oldest.Path);
            files.Dequeue();
            bytes -= SpaceOf(oldest.Bytes);
        }
    }

    private static long SpaceOf(long length) => (length + Block - 1) / Block * Block;

    [GeneratedRegex(@"^\d{8}T\d{9}Z-\d{6,}_\d+_.+\.png$")]
    private static partial Regex Own();
}
