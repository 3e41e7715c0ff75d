using System.IO.Enumeration;
using System.Text;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// The files that this scorer writes, which are never its inputs: those of this call, a job's folder, a preview with its summary beside it,
/// and the heat maps of mistakes.
/// </summary>
/// <param name="files">The files and folders that this call writes.</param>
internal sealed class OwnOutputs(params IEnumerable<string> files)
{
    /// <summary>The names of all heat maps.</summary>
    public const string HeatMaps = "???-row-*-class-*-as-*.png";

    private readonly HashSet<string> paths = [.. files.Select(Path.GetFullPath)];
    private readonly byte[][] names = [.. files.Select(file => Encoding.UTF8.GetBytes(Path.GetFileName(file)))];

    /// <summary>Tells whether a file that was named is written by this call.</summary>
    public bool Has(string path) => paths.Contains(Path.GetFullPath(path));

    /// <summary>Tells whether a file in a folder is an output.</summary>
    /// <param name="path">The bytes of its path.</param>
    public bool HasFile(ReadOnlySpan<byte> path)
    {
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        foreach (var own in names)
            if (name.SequenceEqual(own) && Has(Encoding.UTF8.GetString(path)))
                return true;
        if (name.IndexOf("-row-"u8) >= 0 && FileSystemName.MatchesSimpleExpression(HeatMaps, Encoding.UTF8.GetString(name)))
            return true;
        return name.EndsWith(".preview.png"u8)
            && File.Exists(string.Concat(Encoding.UTF8.GetString(path[..^".preview.png".Length]), ".summary.json"));
    }

    /// <summary>Tells whether a folder is an output of this call or a job's.</summary>
    /// <param name="path">The bytes of its path.</param>
    public bool HasFolder(ReadOnlySpan<byte> path)
    {
        var folder = Encoding.UTF8.GetString(path);
        return Has(folder) || File.Exists(Path.Combine(folder, "job.json")) && Directory.Exists(Path.Combine(folder, "parts"));
    }
}
