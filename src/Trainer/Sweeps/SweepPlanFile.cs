using System.Text;
using System.Text.Json;
using LeNetServe.Files;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>A sweep's JSON file, read key by key: a message names the key, what was found and what was expected.</summary>
internal static class SweepPlanFile
{
    private static readonly string[] Keys = ["recipe", "set", "grid", "random", "samples", "random_seed", "seeds"];

    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Reads a plan.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file is not a plan; the message names the key.</exception>
    public static SweepPlan Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"plan {path}: no such file, expected a sweep's plan as JSON{NearestName.HintOfPath(path)}");
        try
        {
            var text = RegularFile.ReadAllText(path);
            JsonFault.RequireWholeTexts(Encoding.UTF8.GetBytes(text));
            using var document = JsonDocument.Parse(text, Options);
            return InFolderOf(path, Object("the plan", document.RootElement).Aggregate(new SweepPlan(), With));
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new InvalidDataException($"{path}: {JsonFault.MessageOf(exception)}", exception);
        }
    }

    private static SweepPlan InFolderOf(string file, SweepPlan plan) => plan with
    {
        Recipe = plan.Recipe is { } recipe ? ConfigPaths.In(file, "recipe", recipe) : null,
        Set = plan.Set.ToDictionary(pair => pair.Key, pair => ConfigPaths.In(file, pair.Key, pair.Value)),
        Grid = plan.Grid.ToDictionary(
            pair => pair.Key,
            IReadOnlyList<JsonElement> (pair) => [.. pair.Value.Select(value => ConfigPaths.In(file, pair.Key, value))]),
    };

    private static SweepPlan With(SweepPlan plan, JsonProperty property)
    {
        var key = property.Name;
        var value = property.Value;
        return key switch
        {
            "recipe" => plan with { Recipe = Text(key, value) },
            "set" => plan with { Set = Values(key, value, (_, one) => one.Clone()) },
            "grid" => plan with { Grid = Values(key, value, (name, list) => List(name, list, (_, one) => one.Clone())) },
            "random" => plan with { Random = Values(key, value, Range) },
            "samples" => plan with { Samples = Whole(key, value) },
            "random_seed" => plan with { RandomSeed = Whole(key, value) },
            "seeds" => plan with { Seeds = List(key, value, Whole) },
            _ => throw new FormatException($"key \"{key}\" is unknown{NearestName.Expected(key, Keys, "")}"),
        };
    }

    private static ValueRange Range(string key, JsonElement value)
    {
        double? low = null, high = null;
        var log = false;
        foreach (var property in Object(key, value))
            switch (property.Name)
            {
                case "low":
                    low = Number($"{key}.low", property.Value);
                    break;
                case "high":
                    high = Number($"{key}.high", property.Value);
                    break;
                case "log":
                    log = Flag($"{key}.log", property.Value);
                    break;
                default:
                    throw new FormatException(
                        $"key \"{key}.{property.Name}\" is unknown{NearestName.Expected(property.Name, ["low", "high", "log"], "")}");
            }
        return low is { } from && high is { } to ? new() { Low = from, High = to, Log = log } : throw Fault(key, value, "low and high");
    }

    private static JsonElement.ObjectEnumerator Object(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Fault(key, value, "an object in braces");

    private static Dictionary<string, T> Values<T>(string key, JsonElement value, Func<string, JsonElement, T> read) =>
        Object(key, value).ToDictionary(property => property.Name, property => read($"{key}.{property.Name}", property.Value));

    private static IReadOnlyList<T> List<T>(string key, JsonElement value, Func<string, JsonElement, T> read) =>
        value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(one => read(key, one))]
            : throw Fault(key, value, "a list in brackets");

    private static int Whole(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var whole) ? whole : throw Fault(key, value, "a whole number");

    private static double Number(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Fault(key, value, "a number");

    private static string? Text(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : throw Fault(key, value, "text");

    private static bool Flag(string key, JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Fault(key, value, "true or false");

    private static FormatException Fault(string key, JsonElement value, string expected) =>
        new($"{key} is {value.GetRawText()}, expected {expected}");
}
