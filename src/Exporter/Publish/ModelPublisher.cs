using System.Diagnostics;
using System.Globalization;

namespace LeNetServe.Exporter.Publish;

/// <summary>
/// Publishes a model version. All files are written to a hidden directory and flushed to disk; then the directory is renamed. A reader
/// sees a whole version or none, also when the disk is full or the process is killed. The next process removes the rest of a killed one.
/// </summary>
internal static class ModelPublisher
{
    private const string Prefix = ".publishing-";

    /// <summary>Writes the next version of a model and returns its directory.</summary>
    /// <exception cref="IOException">The disk is full or refuses; nothing was published.</exception>
    public static string PublishNext(string repository, string name, VersionFiles files) => WriteAndRename(repository, files, staged =>
    {
        var model = Path.Combine(repository, name);
        var created = !Directory.Exists(model);
        Directory.CreateDirectory(model);
        try
        {
            // Another process may take a number between looking and renaming; then the next number is free.
            var version = Highest(model) + 1;
            while (!TryRename(staged, Target(version)))
                version++;
            return Target(version);
        }
        catch when (created)
        {
            RemoveIfEmpty(model);
            throw;
        }

        string Target(long version) => Path.Combine(model, version.ToString(CultureInfo.InvariantCulture));
    });

    /// <summary>Returns the newest version's directory if it holds the same model, labels and golden tensors; null otherwise.</summary>
    public static string? FindNewest(string repository, string name, VersionFiles files)
    {
        var model = Path.Combine(repository, name);
        if (!Directory.Exists(model) || Highest(model) is not (> 0 and var version))
            return null;
        var newest = Path.Combine(model, version.ToString(CultureInfo.InvariantCulture));
        return files.AreIn(newest) ? newest : null;
    }

    /// <summary>Writes the files to a directory that must not exist yet.</summary>
    /// <exception cref="IOException">The directory exists, or the disk is full or refuses; nothing was published.</exception>
    public static string PublishTo(string directory, VersionFiles files)
    {
        var target = Path.GetFullPath(directory);
        if (Path.Exists(target))
            throw Exists(directory);
        var parent = Path.GetDirectoryName(target)!;
        return WriteAndRename(parent, files, staged => TryRename(staged, target) ? directory : throw Exists(directory));
    }

    private static IOException Exists(string directory) =>
        new($"{directory} exists, expected a new directory: a version is never overwritten");

    private static string WriteAndRename(string parent, VersionFiles files, Func<string, string> rename)
    {
        var created = !Directory.Exists(parent);
        Directory.CreateDirectory(parent);
        RemoveLeftovers(parent);
        var staged = Path.Combine(parent, $"{Prefix}{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(staged);
            foreach (var (name, content) in files)
                WriteFlushed(Path.Combine(staged, name), content.Span);
            return rename(staged);
        }
        catch
        {
            if (Directory.Exists(staged))
                Directory.Delete(staged, recursive: true);
            if (created)
                RemoveIfEmpty(parent);
            throw;
        }
    }

    private static void WriteFlushed(string path, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        try
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // .NET throws this for EFBIG, the user's limit on a file's size.
            throw new IOException($"{path}: {content.Length} bytes are more than a file may have here", exception);
        }
    }

    private static bool TryRename(string staged, string target)
    {
        try
        {
            Directory.Move(staged, target);
            return true;
        }
        catch (IOException) when (Path.Exists(target))
        {
            return false;
        }
    }

    private static long Highest(string model) => Directory.EnumerateFileSystemEntries(model)
        .Select(entry => VersionOf(Path.GetFileName(entry))).DefaultIfEmpty(0).Max();

    private static long VersionOf(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static void RemoveLeftovers(string parent)
    {
        var mine = $"{Prefix}{Environment.MachineName}-";
        foreach (var directory in Directory.EnumerateDirectories(parent, $"{mine}*"))
        {
            var process = Path.GetFileName(directory)[mine.Length..].Split('-')[0];
            if (int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && !IsAlive(id))
                Directory.Delete(directory, recursive: true);
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void RemoveIfEmpty(string directory)
    {
        if (!Directory.EnumerateFileSystemEntries(directory).Any())
            Directory.Delete(directory);
    }
}
