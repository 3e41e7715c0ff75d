using System.Globalization;
using LeNetServe.Files;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Models;

/// <summary>A version on disk.</summary>
/// <param name="Version">The version's number.</param>
/// <param name="Path">The version's folder.</param>
/// <param name="Fingerprint">
/// Names, targets, identities, lengths and times of the version's files. Another fingerprint means another content.
/// </param>
/// <param name="Changed">The time, UTC, of the newest file.</param>
internal sealed record VersionFolder(long Version, string Path, string Fingerprint, DateTime Changed)
{
    // As deep as a model's data files may be. A limit ends loops of links.
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = ModelFiles.MaxDataFolders,
        AttributesToSkip = 0,
        IgnoreInaccessible = true,
    };

    /// <summary>
    /// Gets the names of the models in a repository: its folders, except hidden ones and the one that file systems keep for themselves.
    /// A link counts, because it may lead to a folder. A repository that has a model file itself is one model.
    /// </summary>
    /// <param name="repository">The folder of models.</param>
    /// <param name="within">Looks at the model file of a repository, for a limited time.</param>
    /// <param name="late">Receives a listing that does not end in time.</param>
    /// <exception cref="IOException">The repository cannot be read, or does not answer in time.</exception>
    public static IReadOnlyList<string> ModelsIn(
        RepositoryOptions repository, Func<Func<bool>, bool> within, Action<Task>? late = null)
    {
        try
        {
            var names = LoadingThreads.Within(repository.LoadTimeout, () => Models(repository), late);
            return names.Contains(ModelFiles.ModelFileName) && IsOneModel(repository, within) ? [repository.Name] : names;
        }
        catch (TimeoutException exception)
        {
            throw new IOException($"{repository.Path} does not answer: {exception.Message}");
        }
    }

    /// <summary>Gets the numbers of a model's versions, ascending. Opens no folder of a version, because one may hang.</summary>
    /// <exception cref="IOException">The model's folder cannot be read, or is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">The model's folder cannot be read.</exception>
    public static IReadOnlyList<long> NumbersIn(RepositoryOptions repository, string model)
    {
        if (IsOneModel(repository, model))
            return [1];
        if (IsFile(repository, model))
            return [];
        return [.. ModelFiles.Numbers(System.IO.Path.Combine(repository.Path, model))];
    }

    /// <summary>Looks at a version; null if it has no model file.</summary>
    /// <exception cref="IOException">The version's folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The version's folder cannot be read.</exception>
    public static VersionFolder? Find(RepositoryOptions repository, string model, long version)
    {
        var folder = IsOneModel(repository, model) ? repository.Path : System.IO.Path.Combine(repository.Path, model, version.ToString());
        return ModelFiles.HasModel(folder) ? Read(version, folder) : null;
    }

    /// <summary>
    /// Gets the reason why something in a model's folder is not served, although it looks like a model; null if there is none.
    /// </summary>
    /// <param name="repository">The folder of models.</param>
    /// <param name="model">The model's name.</param>
    public static string? Misplaced(RepositoryOptions repository, string model)
    {
        if (IsOneModel(repository, model))
            return null;
        var folder = System.IO.Path.Combine(repository.Path, model);
        var expected = $"{model}/1/{ModelFiles.ModelFileName}";
        if (HasControlCharacters(model))
            return "the name of its folder has control characters, expected a name without them";
        if (DanglingLink(folder) is { } dangling)
            return dangling;
        if (IsFile(repository, model))
            return IsModelFile(model) ? $"it is a file, expected the folder of a model with NAME/1/{ModelFiles.ModelFileName}" : null;
        var reasons = FolderListing.Read(folder).Where(entry => entry.MayBeFolder).Select(entry => entry.Name).Order(StringComparer.Ordinal)
            .Select(name => MisplacedVersion(folder, name)).OfType<string>().ToList();
        if (Directory.EnumerateFiles(folder, "*.onnx").FirstOrDefault() is { } flat)
            reasons.Add(ModelFiles.VersionOf(model) is not null
                ? $"{Excerpt.Of(repository.Path)} is one model with version {model}, expected the folder above it"
                : $"{Excerpt.Of(System.IO.Path.GetFileName(flat))} is not in the folder of a version, expected {expected}");
        if (reasons.Count == 0 && !ModelFiles.Versions(folder).Any())
            reasons.Add($"no version is in its folder, expected {expected}");
        return reasons.Count == 0 ? null : string.Join("; ", reasons);
    }

    /// <summary>Gets the versions of a model that the server can open.</summary>
    public static IReadOnlyCollection<long> ServableIn(RepositoryOptions repository, string model) =>
        IsOneModel(repository, model) ? [1]
        : HasControlCharacters(model) || IsFile(repository, model) ? []
        : [.. ModelFiles.Versions(System.IO.Path.Combine(repository.Path, model))];

    /// <summary>Gets whether a name would break the lines of logs.</summary>
    public static bool HasControlCharacters(string model) => model.Any(char.IsControl);

    /// <summary>Gets whether the files are still those that were seen.</summary>
    public bool IsUnchanged() => Read(Version, Path).Fingerprint == Fingerprint;

    // A model file that does not answer is an entry like others: it must not hide the models beside it.
    private static bool IsOneModel(RepositoryOptions repository, Func<Func<bool>, bool> within)
    {
        try
        {
            return within(() => IsOneModel(repository, repository.Name));
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static bool IsOneModel(RepositoryOptions repository, string model) =>
        model == repository.Name && File.Exists(System.IO.Path.Combine(repository.Path, ModelFiles.ModelFileName));

    private static bool IsFile(RepositoryOptions repository, string model) =>
        File.Exists(System.IO.Path.Combine(repository.Path, model));

    // A model file beside the models is listed, because it is not served and the index says why.
    private static IReadOnlyList<string> Models(RepositoryOptions repository) =>
    [
        .. FolderListing.Read(repository.Path).Where(entry => entry.MayBeFolder || IsModelFile(entry.Name)).Select(entry => entry.Name)
            .Where(name => name[0] != '.' && name != "lost+found").Order(StringComparer.Ordinal),
    ];

    private static bool IsModelFile(string name) => name.EndsWith(".onnx", StringComparison.Ordinal);

    // .NET says of the link itself that it exists.
    private static string? DanglingLink(string path) =>
        new FileInfo(path) is { LinkTarget: { } target } link
            && !System.IO.Path.Exists(link.ResolveLinkTarget(returnFinalTarget: true)!.FullName)
            ? $"{Excerpt.Of(System.IO.Path.GetFileName(path))} is a link to {Excerpt.Of(target)}, which does not exist"
            : null;

    private static string? MisplacedVersion(string model, string name)
    {
        var path = System.IO.Path.Combine(model, name);
        if (name[0] == '.')
            return null;
        if (DanglingLink(path) is { } dangling)
            return dangling;
        if (File.Exists(path))
            return null;
        var isNumber = long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        var found = Directory.EnumerateFiles(path, "*.onnx", Below)
            .Select(file => System.IO.Path.GetRelativePath(path, file)).FirstOrDefault();
        if (ModelFiles.VersionOf(name) is not null)
            return System.IO.Path.Exists(System.IO.Path.Combine(path, ModelFiles.ModelFileName)) ? null
                : $"version {name} has no {ModelFiles.ModelFileName}{(found is null ? "" : $", found {Excerpt.Of(found)}")}";
        if (found is null)
            return null;
        var expected = isNumber ? $"{number}" : "a number such as 1";
        var meant = ModelFiles.VersionOf(found.Split('/')[0]) is not null ? $"; if it is a model, serve {Excerpt.Of(model)}" : "";
        return $"the folder {Excerpt.Of(name)} is not a version, expected {expected}{meant}";
    }

    private static VersionFolder Read(long version, string path)
    {
        var files = new List<string>();
        var changed = DateTime.MinValue;
        foreach (var file in new DirectoryInfo(path).EnumerateFiles("*", Below).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            var name = System.IO.Path.GetRelativePath(path, file.FullName);
            if (name[0] == '.' || name.Contains("/.", StringComparison.Ordinal))
                continue;
            // A link's own time and length say nothing about the content. Kubernetes swaps a folder behind the links.
            var target = new FileInfo(RealPath(file));
            var length = target.Exists ? target.Length : -1;
            files.Add($"{name} {target.FullName} {RegularFile.Identity(target.FullName)} {length} {target.LastWriteTimeUtc.Ticks}");
            changed = target.LastWriteTimeUtc > changed ? target.LastWriteTimeUtc : changed;
        }
        return new(version, path, string.Join(';', files), changed);
    }

    /// <summary>Follows the links of a file and of the folder that the links lead through.</summary>
    private static string RealPath(FileInfo file)
    {
        try
        {
            var target = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            var folder = System.IO.Path.GetDirectoryName(target)!;
            return Directory.ResolveLinkTarget(folder, returnFinalTarget: true) is { } real
                ? System.IO.Path.Combine(real.FullName, System.IO.Path.GetFileName(target))
                : target;
        }
        catch (IOException)
        {
            // A link to itself. Opening it says so.
            return file.FullName;
        }
    }
}
