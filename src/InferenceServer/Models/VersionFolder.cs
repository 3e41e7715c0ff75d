using System.Collections.Concurrent;
using LeNetServe.Models;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Models;

/// <summary>A version on disk.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Fingerprint">Names, lengths and times of its files: another fingerprint means another content.</param>
/// <param name="Changed">When its files last changed, UTC.</param>
internal sealed record VersionFolder(long Version, string Path, string Fingerprint, DateTime Changed)
{
    private static readonly ConcurrentDictionary<string, ((long Length, DateTime Time) State, IReadOnlyList<string> Names)> DataFiles = new();
    private static readonly string[] FileNames = [ModelFiles.ModelFileName, ModelFiles.LabelsFileName, GoldenTensors.FileName];

    /// <summary>The names of the models in a repository: its folders, without hidden ones and the one that file systems keep for themselves.</summary>
    /// <exception cref="IOException">The repository cannot be read.</exception>
    public static IReadOnlyList<string> ModelsIn(string repository) =>
        [.. Directory.EnumerateDirectories(repository).Select(path => System.IO.Path.GetFileName(path)).Where(name => name[0] != '.' && name != "lost+found").Order(StringComparer.Ordinal)];

    /// <summary>The versions of a model that have a model file, ascending.</summary>
    /// <exception cref="IOException">The folder cannot be read, or is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public static IReadOnlyList<VersionFolder> VersionsIn(string repository, string model)
    {
        var folder = System.IO.Path.Combine(repository, model);
        return [.. ModelFiles.Versions(folder).Select(version => Read(version, System.IO.Path.Combine(folder, version.ToString())))];
    }

    /// <summary>Whether the files are still those that were seen.</summary>
    public bool IsUnchanged() => Read(Version, Path).Fingerprint == Fingerprint;

    // The model itself is read only when it has changed, because every poll asks.
    private static IReadOnlyList<string> DataFilesOf(string model)
    {
        var file = new FileInfo(model);
        if (!file.Exists)
            return [];
        var state = (file.Length, file.LastWriteTimeUtc);
        if (DataFiles.TryGetValue(model, out var known) && known.State == state)
            return known.Names;
        var names = ModelContent.FindDataFiles(model);
        DataFiles[model] = (state, names);
        return names;
    }

    private static VersionFolder Read(long version, string path)
    {
        var files = FileNames.Concat(DataFilesOf(System.IO.Path.Combine(path, ModelFiles.ModelFileName)))
            .Select(name => new FileInfo(System.IO.Path.Combine(path, name))).Where(file => file.Exists).ToArray();
        var fingerprint = string.Join(';', files.Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
        return new(version, path, fingerprint, files.Select(file => file.LastWriteTimeUtc).DefaultIfEmpty().Max());
    }
}
