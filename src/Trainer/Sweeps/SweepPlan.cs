using System.Text.Json;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>
/// The values that a sweep tries, as in its JSON file (<see cref="SweepPlanFile"/>). Every combination of the grid is run with each sample
/// of the ranges and each seed.
/// </summary>
internal sealed record SweepPlan
{
    /// <summary>Recipe that all runs start from, by name or path; null: the data set's own.</summary>
    public string? Recipe { get; init; }

    /// <summary>Values that all runs share, by config key.</summary>
    public IReadOnlyDictionary<string, JsonElement> Set { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Lists of values, by config key.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Grid { get; init; } =
        new Dictionary<string, IReadOnlyList<JsonElement>>();

    /// <summary>Ranges to draw from, by config key.</summary>
    public IReadOnlyDictionary<string, ValueRange> Random { get; init; } = new Dictionary<string, ValueRange>();

    /// <summary>Number of draws from the ranges for each combination of the grid.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Seed of these draws: the same plan always means the same runs, on every machine.</summary>
    public int RandomSeed { get; init; } = 1;

    /// <summary>Seeds of training: each config is run once with each.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1];
}
