namespace LeNetServe.Runtime.Models;

/// <summary>
/// The rule for files beside a model: ONNX's locations are relative to the model's folder, and may not lead out of it, nor through
/// hidden folders, nor deep. If the model is a link, its data may also lie in the folder to which the link leads.
/// </summary>
internal static class DataFile
{
    private const int MaxLinks = 40;

    /// <summary>Finds a data file.</summary>
    /// <param name="model">The model's path.</param>
    /// <param name="location">The location in the model.</param>
    /// <exception cref="InvalidDataException">The file is missing, or not in the model's folder after all links are followed.</exception>
    public static string Resolve(string model, string location)
    {
        var parts = location.Split('/', '\\');
        if (location == "" || Path.IsPathRooted(location) || parts.Contains("..") || location.Contains('\0'))
            throw new InvalidDataException($"data in \"{location}\", expected a path inside the model's folder");
        // A server that polls looks at such files for changes, and at no others.
        if (parts.Count(part => part is not ("" or ".")) > ModelFiles.MaxDataFolders + 1 || parts.Any(part => part is ['.', _, ..]))
        {
            throw new InvalidDataException(
                $"data in \"{location}\", expected a path of at most {ModelFiles.MaxDataFolders} folders and a file, none of them hidden");
        }
        var folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        var path = Path.Combine(folder, Path.Combine(parts));
        if (!File.Exists(path))
            throw new InvalidDataException($"its data file {path} does not exist");
        var real = Follow(path, MaxLinks);
        // A cache of downloads links the model and its data to one folder of contents.
        string[] folders = [Follow(folder, MaxLinks), Path.GetDirectoryName(Follow(Path.GetFullPath(model), MaxLinks))!];
        return folders.Any(allowed => real.StartsWith(allowed + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            ? real
            : throw new InvalidDataException($"its data file {path} is a link to {real}, expected a file inside the model's folder");
    }

    private static string Follow(string path, int links)
    {
        var root = Path.GetPathRoot(path)!;
        var real = root;
        foreach (var part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new FileInfo(real).LinkTarget is not { } target)
                continue;
            if (links == 0)
                throw new InvalidDataException($"{path} goes through more than {MaxLinks} links");
            real = Follow(Path.GetFullPath(target, Path.GetDirectoryName(real)!), links - 1);
        }
        return real.TrimEnd(Path.DirectorySeparatorChar);
    }
}
