using LeNetServe.Datasets;

namespace LeNetServe.Exporter.Commands;

/// <summary>A data set named on the command line.</summary>
internal static class DatasetOptions
{
    /// <summary>The request; null where no data set is named.</summary>
    /// <exception cref="ExpectedException">A directory without a data set, or for one that has no files.</exception>
    public static DatasetRequest? Read(string? name, string? directory, string option)
    {
        if (name is null && directory is not null)
            throw new ExpectedException(ExitCode.Usage, $"--data is given without {option}, expected the data set's name too");
        if (name == "strokes" && directory is not null)
            throw new ExpectedException(ExitCode.Usage, "--data is given with the data set strokes, which is drawn and has no files");
        return name is null ? null : new() { Name = name, Directory = directory };
    }
}
