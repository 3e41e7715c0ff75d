using System.Text.Json;
using System.Text.Json.Serialization;
using LeNetServe.Files;

namespace LeNetServe.Trainer.Metrics;

/// <summary>A file of a run with a line of JSON per epoch.</summary>
/// <param name="path">Its path. It does not exist before the first epoch.</param>
internal sealed class EpochFile<T>(string path)
    where T : IEpoch
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads the epochs so far; a last line that was cut off by a crash does not count.</summary>
    /// <exception cref="InvalidDataException">A line is null.</exception>
    /// <exception cref="JsonException">A line is not an epoch.</exception>
    public IReadOnlyList<T> Read()
    {
        if (!File.Exists(path))
            return [];
        var lines = new List<T>();
        foreach (var text in RegularFile.ReadAllText(path).Split('\n')[..^1])
            lines.Add(JsonSerializer.Deserialize<T>(text, Options)
                ?? throw new InvalidDataException($"{path}: line {lines.Count + 1} is null, expected an epoch"));
        return lines;
    }

    /// <summary>Keeps the first epochs only.</summary>
    public void Truncate(int epochs)
    {
        if (File.Exists(path))
            AtomicFile.WriteText(path, string.Concat(Read().Where(line => line.Epoch <= epochs).Select(Text)));
    }

    /// <summary>Adds an epoch.</summary>
    public void Append(T line) => File.AppendAllText(path, Text(line));

    private static string Text(T line) => JsonSerializer.Serialize(line, Options) + "\n";
}
