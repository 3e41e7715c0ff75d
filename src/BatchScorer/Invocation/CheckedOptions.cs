using System.Buffers;
using System.CommandLine;
using LeNetServe.BatchScorer.Outputs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>Values of options that several commands have, refused where they are slips.</summary>
internal static class CheckedOptions
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>A number that is not too small.</summary>
    public static int AtLeast(int least, ParseResult parsed, Option<int> option)
    {
        var value = parsed.GetValue(option);
        return value >= least ? value : throw new UsageException($"{option.Name} is {value}, expected {least} or more");
    }

    /// <summary>A path to write to. An empty one, as of a variable that is not set, would mean the current folder.</summary>
    public static string Output(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || LooksLikeAFile(path))
            throw new UsageException($"--out is '{path}', expected a .jsonl, .csv or .parquet file, '-', or a folder (with '/' at the end where it looks like a file)");
        return path;
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public static Option<T?> OneOf<T>(Option<T?> option) where T : struct, Enum
    {
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase))
                return Enum.Parse<T>(text, ignoreCase: true);
            result.AddError($"{option.Name} is '{text}', expected {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");
            return null;
        };
        return option;
    }

    /// <summary>A short extension of letters that names no format is a slip, such as <c>scores.tsv</c>; <c>run.v2</c> is a folder.</summary>
    private static bool LooksLikeAFile(string path) => path != OutputSink.StandardOutput
        && OutputFormats.OfExtension(path) is null
        && Path.GetExtension(path) is { Length: >= 3 and <= 6 } extension
        && extension.AsSpan(1).IndexOfAnyExcept(Letters) < 0
        && !Directory.Exists(path);
}
