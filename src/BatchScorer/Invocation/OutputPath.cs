using System.Buffers;
using LeNetServe.BatchScorer.Outputs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>The value of <c>--out</c>.</summary>
internal static class OutputPath
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Checks a path to write to. An empty one, as of a variable that is not set, would mean the current folder.</summary>
    public static string Checked(string path) => string.IsNullOrWhiteSpace(path) || LooksLikeAFile(path)
        ? throw ExpectedException.Usage(
            $"--out is '{path}', expected a .jsonl, .csv or .parquet file, '-', or a folder (with '/' at the end if it looks like a file)")
        : path;

    /// <summary>
    /// A short extension of letters that names no format is a slip, such as <c>scores.tsv</c>; <c>run.v2</c> is a folder.
    /// </summary>
    private static bool LooksLikeAFile(string path) => path != OutputSink.StandardOutput
        && OutputFormats.OfExtension(path) is null
        && Path.GetExtension(path) is { Length: >= 3 and <= 6 } extension
        && extension.AsSpan(1).IndexOfAnyExcept(Letters) < 0
        && !Directory.Exists(path);
}
