using System.Text.Json;
using LeNetServe.Files;

namespace LeNetServe.Trainer.Metrics;

/// <summary><c>metrics.jsonl</c> of a run.</summary>
internal static class MetricsFile
{
    /// <summary>Reads the epochs so far; a last line that was cut off by a crash does not count.</summary>
    public static IReadOnlyList<MetricsLine> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        var lines = new List<MetricsLine>();
        foreach (var text in RegularFile.ReadAllText(path).Split('\n')[..^1])
            lines.Add(JsonSerializer.Deserialize(text, MetricsJson.Default.MetricsLine)
                ?? throw new InvalidDataException($"{path}: line {lines.Count + 1} is null, expected an epoch"));
        return lines;
    }

    /// <summary>Keeps the first epochs only.</summary>
    public static void Truncate(string path, int epochs)
    {
        if (File.Exists(path))
            AtomicFile.WriteText(path, string.Concat(Read(path).Where(line => line.Epoch <= epochs).Select(Text)));
    }

    /// <summary>Adds an epoch.</summary>
    public static void Append(string path, MetricsLine line) => File.AppendAllText(path, Text(line));

    private static string Text(MetricsLine line) => JsonSerializer.Serialize(line, MetricsJson.Default.MetricsLine) + "\n";
}
