using System.Globalization;
using LeNetServe.Files;
using LeNetServe.Imaging;
using LeNetServe.Naming;

namespace LeNetServe.Datasets;

/// <summary>A folder per class, each with pictures; hidden files, system files and other extensions are passed over.</summary>
internal static class ClassFolders
{
    /// <summary>The classes and, for each, its pictures in the order of their names.</summary>
    /// <exception cref="InvalidDataException">No such folder, fewer than two classes, or a class without pictures.</exception>
    public static (IReadOnlyList<string> Labels, IReadOnlyList<LabeledFile[]> Files) Read(string root)
    {
        if (!Directory.Exists(root))
            throw new InvalidDataException($"{root}: no such directory, expected one with a folder of pictures for each class");
        var folders = Names(root).ToArray();
        if (folders.Length < 2)
            throw new InvalidDataException(
                $"{root}: {Counted.Of(folders.Length, "folder")}, expected two or more, a folder of pictures for each class");
        if (folders.FirstOrDefault(folder => folder.Contains('\uFFFD', StringComparison.Ordinal)) is { } broken)
            throw new InvalidDataException($"{root}: the name of the folder {broken} is not UTF-8, expected a name that is: rename it");
        var labels = Array.ConvertAll(folders, ClassName.Of);
        if (labels.CountBy(label => label).FirstOrDefault(pair => pair.Value > 1) is { Key: { } twice })
            throw new InvalidDataException(
                $"{root}: two folders are named {twice}, once with an accent as a character of its own, expected one: put them together");
        Sort(labels, folders);
        return (labels, [.. folders.Select((name, label) => Pictures(Path.Combine(root, name), label))]);
    }

    /// <summary>Lists the names of a folder's folders, without those of the system and our own outputs.</summary>
    public static IEnumerable<string> Names(string root) =>
        Directory.EnumerateDirectories(root).Where(path => !SystemFiles.Owns(Path.GetFileName(path)) && !HoldsOutputs(path))
            .Select(path => Path.GetFileName(path));

    /// <summary>
    /// Counts what the folders of the classes hold beside pictures, by extension, and the pictures and broken links beside these folders.
    /// System files are not counted.
    /// </summary>
    /// <param name="root">The folder of the classes.</param>
    public static IEnumerable<(string Kind, int Count)> Others(string root) =>
        Names(root).SelectMany(name => Directory.EnumerateFileSystemEntries(Path.Combine(root, name)))
            .Where(path => !IsPicture(path) && !SystemFiles.Owns(Path.GetFileName(path)))
            .Concat(Directory.EnumerateFiles(root).Where(path => IsPicture(path) || IsBrokenLink(path)))
            .CountBy(Kind).Select(pair => (pair.Key, pair.Value));

    private static LabeledFile[] Pictures(string folder, int label)
    {
        var paths = Directory.GetFiles(folder).Where(IsPicture).ToArray();
        if (paths.Length == 0)
        {
            var names = string.Join(", ", ImageFileTypes.Extensions.Select(extension => "*" + extension));
            var deeper = Names(folder).Any()
                ? ", and not in folders of its own; a data set with its own test set has the folders train and test, each with the classes"
                : "";
            var others = string.Join(", ", Directory.EnumerateFiles(folder)
                .Where(path => !SystemFiles.Owns(Path.GetFileName(path)))
                .CountBy(Kind).OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Value:N0} {pair.Key}"));
            var among = others == "" ? "" : $" among {others}";
            throw new InvalidDataException($"{folder}: no pictures{among}, expected one or more files {names}{deeper}");
        }
        Array.Sort(paths, StringComparer.Ordinal);
        return Array.ConvertAll(paths, path => new LabeledFile(path, label));
    }

    /// <summary>Tells whether a folder has runs or models in place of pictures, as after two trainings in the folder of the data.</summary>
    private static bool HoldsOutputs(string folder) => Directory.Exists(folder) && !Directory.EnumerateFiles(folder).Any(IsPicture)
        && Directory.EnumerateDirectories(folder).Any(inner => File.Exists(Path.Combine(inner, "config.json"))
            || Directory.EnumerateDirectories(inner).Any(version => File.Exists(Path.Combine(version, "model.onnx"))));

    private static bool IsBrokenLink(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: false };

    private static string Kind(string path) => Directory.Exists(path) ? "folder"
        : IsBrokenLink(path) ? "broken link"
        : Path.GetExtension(path) is { Length: > 0 } extension ? $"*{extension.ToLowerInvariant()}" : "file";

    private static bool IsPicture(string path) =>
        !SystemFiles.Owns(Path.GetFileName(path))
        && ImageFileTypes.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static void Sort(string[] labels, string[] folders)
    {
        var order = labels.All(label => int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? Comparer<string>.Create((first, second) => Number(first).CompareTo(Number(second)))
            : (IComparer<string>)StringComparer.Ordinal;
        Array.Sort(labels, folders, order);
    }

    private static int Number(string label) => int.Parse(label, CultureInfo.InvariantCulture);
}
