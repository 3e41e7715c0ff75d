using LeNetServe.Imaging;

namespace LeNetServe.Trainer.Configuration;

/// <summary>The kind of data in a folder whose data set the user did not name.</summary>
internal static class DataKind
{
    /// <summary>Gets the name of the data set: <c>folder</c> for class folders, or the set whose files the folder has.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name of the folder's option or key in a message.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="ExpectedException">The folder is of no known kind; the message lists its content.</exception>
    public static string Of(string folder, string name = "data")
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException(
                $"{name} is {folder}, which {(File.Exists(folder) ? "is a file" : "does not exist")}, "
                + $"expected a folder of pictures or of a data set's files{NearestName.HintOfPath(folder)}");
        var names = Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path))
            .Where(name => name[0] != '.').ToList();
        if (names.Exists(name => name.Contains("idx3-ubyte", StringComparison.Ordinal)))
            return Path.GetFullPath(folder).Contains("fashion", StringComparison.OrdinalIgnoreCase) ? "fashion-mnist" : "mnist";
        if (names.Exists(name => name.StartsWith("cifar-10-b", StringComparison.Ordinal) || name == "data_batch_1.bin"))
            return "cifar10";
        var folders = names.Count(name => Directory.Exists(Path.Combine(folder, name)));
        if (folders > 0)
            return "folder";
        var pictures = names.Count(name => ImageFileTypes.Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase));
        throw new ExpectedException(
            ExitCode.BadInput,
            $"{name} is {folder}, which has no folders, {Counted.Of(pictures, "picture")} "
            + $"and {Counted.Of(names.Count - pictures, "other file")}, expected a folder of pictures for each class, "
            + $"such as {Path.Combine(folder, "cats")}, or the files of mnist or cifar10");
    }
}
