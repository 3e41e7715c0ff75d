using LeNetServe.Runs;
using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Comparison;

/// <summary>Finds runs by the paths of a command line.</summary>
internal static class RunFinder
{
    /// <summary>Reads run directories, and all runs in folders of runs. A run and its copies count once.</summary>
    /// <exception cref="DirectoryNotFoundException">A path is neither.</exception>
    public static IReadOnlyList<RecordedRun> Read(IEnumerable<string> paths) =>
        [.. paths.SelectMany(Expand).DistinctBy(path => new RunDirectory(path).Id).Select(RecordedRun.Read)];

    private static IEnumerable<string> Expand(string path)
    {
        if (File.Exists(Path.Combine(path, "config.json")))
            return [path];
        var inside = Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "config.json", SearchOption.AllDirectories)
                .Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal).ToList()
            : throw new DirectoryNotFoundException($"{path} does not exist, expected a run directory or a folder of runs"
                + NearestName.HintOfPath(path));
        return inside.Count > 0
            ? inside
            : throw new DirectoryNotFoundException($"{path} holds no run: found no config.json in it or below");
    }
}
