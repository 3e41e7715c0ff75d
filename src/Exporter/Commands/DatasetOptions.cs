using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Datasets;

namespace LeNetServe.Exporter.Commands;

/// <summary>Options of a data set named on the command line.</summary>
internal static class DatasetOptions
{
    /// <summary>Gets the option for the data set's folder.</summary>
    public static Option<string?> Data { get; } =
        CliOption.Optional("--data", $"the data set's folder; default: its folder in ${DatasetRoot.Variable}, else in data");

    /// <summary>Gets the option for pictures that cannot be read.</summary>
    public static Option<bool> SkipUnreadable { get; } =
        CliOption.Switch("--skip-unreadable", "pass over pictures that cannot be read, and count them");

    /// <summary>Reads the request; null if the command line does not name a data set.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="dataset">The option with the data set's name.</param>
    /// <exception cref="ExpectedException">The folder is missing, or is given for a data set that has none.</exception>
    public static DatasetRequest? Read(ParseResult parsed, Option<string?> dataset)
    {
        var name = parsed.GetValue(dataset);
        var folder = parsed.GetValue(Data);
        if (name is not null && !DatasetCatalog.Names.Contains(name))
            throw ExpectedException.Usage($"{dataset.Name} is \"{name}\", expected {string.Join(", ", DatasetCatalog.Names)}"
                + (Directory.Exists(name)
                    ? $"; for your own images {dataset.Name} folder --data {name}"
                    : NearestName.Hint(name, DatasetCatalog.Names)));
        if (name is null && folder is not null)
            throw ExpectedException.Usage($"--data is given without {dataset.Name}, expected the data set's name too");
        parsed.WarnWithout(name == "folder", $"{dataset.Name} folder", SkipUnreadable);
        return name is null ? null : new()
        {
            Name = name,
            Directory = FolderOf(name, folder, dataset.Name),
            SkipUnreadable = parsed.GetValue(SkipUnreadable),
        };
    }

    private static string? FolderOf(string name, string? folder, string option)
    {
        if (name == "strokes" && folder is not null)
            throw ExpectedException.Usage("--data is given with the data set strokes, which is drawn and has no files");
        if (name == "folder" && folder is null)
            throw ExpectedException.Usage($"{option} is folder, expected the pictures' folder in --data");
        if (folder is not null || name == "strokes")
            return folder;
        var own = Path.Combine(DatasetRoot.Default, name);
        return Directory.Exists(own) ? own : throw new ExpectedException(ExitCode.BadInput,
            $"{option} is {name}, and the folder {own} does not exist; name the folder with --data, "
            + $"or run 'lenetserve-train datasets download {name}'");
    }
}
