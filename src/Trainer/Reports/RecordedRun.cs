using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeNetServe.Files;
using LeNetServe.Runs;

namespace LeNetServe.Trainer.Reports;

/// <summary>A run as recorded in its directory, finished or not.</summary>
internal sealed record RecordedRun
{
    private static readonly JsonSerializerOptions Lenient = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The run's directory.</summary>
    public required RunDirectory Directory { get; init; }

    /// <summary>The config's values as text, by key; nested keys are joined by a dot.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The SHA-256 of the run's images and labels; null before the end of its first epoch.</summary>
    public string? Images { get; init; }

    /// <summary>The epochs so far.</summary>
    public required IReadOnlyList<RecordedEpoch> Epochs { get; init; }

    /// <summary>Final figures; null while the run is not finished.</summary>
    public RunSummary? Summary { get; init; }

    /// <summary>The run's id.</summary>
    public string Id => Directory.Id;

    /// <summary>Reads a run directory.</summary>
    /// <exception cref="DirectoryNotFoundException">The run directory does not exist.</exception>
    /// <exception cref="InvalidDataException">A file in it cannot be read, or was changed after the run.</exception>
    public static RecordedRun Read(string path)
    {
        var directory = new RunDirectory(path);
        if (!File.Exists(directory.Config))
            throw new DirectoryNotFoundException($"{path} is not a run directory: found no config.json in it");
        RunChecksums.Verify(directory);
        return new()
        {
            Directory = directory,
            Settings = Flatten(directory.Config),
            Images = Flatten(directory.Model).GetValueOrDefault("dataset.sha256"),
            Epochs = ReadEpochs(directory.Metrics),
            Summary = File.Exists(directory.Summary)
                ? Parse(RegularFile.ReadAllText(directory.Summary), directory.Summary, Deserialize<RunSummary>)
                : null,
        };
    }

    /// <summary>The values of a JSON object as text, by key; empty if the file does not exist.</summary>
    public static IReadOnlyDictionary<string, string> Flatten(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return values;
        Flatten(Parse(RegularFile.ReadAllText(path), path, Node), "", values);
        return values;
    }

    private static void Flatten(JsonNode? node, string key, Dictionary<string, string> values)
    {
        if (node is JsonObject json)
            foreach (var (name, value) in json)
                Flatten(value, key.Length == 0 ? name : $"{key}.{name}", values);
        else if (node is not null)
            values[key] = node is JsonValue ? node.ToString() : node.ToJsonString();
    }

    private static List<RecordedEpoch> ReadEpochs(string path)
    {
        var epochs = new List<RecordedEpoch>();
        if (!File.Exists(path))
            return epochs;
        // A crash can cut off the last line, which then has no line end.
        foreach (var (number, line) in RegularFile.ReadAllText(path).Split('\n')[..^1].Index())
            if (line.Length > 0)
                epochs.Add(Parse(line, $"{path}, line {number + 1}", Deserialize<RecordedEpoch>));
        return epochs;
    }

    private static JsonNode? Node(string text)
    {
        JsonFault.RequireWholeTexts(Encoding.UTF8.GetBytes(text));
        return JsonNode.Parse(text);
    }

    private static T Deserialize<T>(string text) => JsonSerializer.Deserialize<T>(text, Lenient)!;

    private static T Parse<T>(string text, string place, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{place}: {JsonFault.Of(exception)}", exception);
        }
    }
}
