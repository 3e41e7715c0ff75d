using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>What a sweep tries, as in its JSON file. Every combination of the grid is run with each sample of the ranges and each seed.</summary>
internal sealed record SweepPlan
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Recipe that all runs start from, by name or path; null: the data set's own.</summary>
    public string? Recipe { get; init; }

    /// <summary>Values that all runs share, by config key.</summary>
    public IReadOnlyDictionary<string, JsonElement> Set { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Lists of values, by config key.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Grid { get; init; } = new Dictionary<string, IReadOnlyList<JsonElement>>();

    /// <summary>Ranges to draw from, by config key.</summary>
    public IReadOnlyDictionary<string, ValueRange> Random { get; init; } = new Dictionary<string, ValueRange>();

    /// <summary>How often each combination of the grid draws from the ranges.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Seed of these draws: the same plan always means the same runs, on every machine.</summary>
    public int RandomSeed { get; init; } = 1;

    /// <summary>Seeds of training: each config is run once with each.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1];

    /// <summary>Reads a plan's file.</summary>
    /// <exception cref="InvalidDataException">It is no plan; the message says where.</exception>
    public static SweepPlan Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SweepPlan>(File.ReadAllText(path), Options) ?? throw new InvalidDataException($"{path}: found null, expected a sweep");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }
}
