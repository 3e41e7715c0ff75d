using System.Globalization;
using System.Text.Json;
using LeNetServe.Randomness;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>The configs of a plan, in an order that depends on the plan alone.</summary>
internal static class SweepConfigs
{
    /// <summary>The most runs of a sweep, whose configs are in memory.</summary>
    public const int MostRuns = 100_000;

    /// <summary>Expands the plan; runs that come out equal are kept once.</summary>
    /// <exception cref="ExpectedException">A key, a value, a range, or the plan as a whole is wrong.</exception>
    public static IReadOnlyList<TrainingConfig> Of(SweepPlan plan) =>
        [.. ValuesOf(plan).Select(values => ConfigBuilder.Build(plan.Recipe, values)).Distinct()];

    /// <summary>Expands the plan to the values of each run, by config key.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> ValuesOf(SweepPlan plan)
    {
        Check(plan);
        var common = plan.Set.ToDictionary(pair => pair.Key, pair => Text(pair.Value));
        var runs = new List<IReadOnlyDictionary<string, string>>();
        foreach (var (cell, values) in Combinations(plan.Grid).Index())
            for (var sample = 0; sample < plan.Samples; sample++)
            {
                var drawn = Draw(plan, cell * plan.Samples + sample);
                foreach (var seed in plan.Seeds)
                    runs.Add(new Dictionary<string, string>(common.Concat(values).Concat(drawn)) { ["seed"] = $"{seed}" });
            }
        return runs;
    }

    private static void Check(SweepPlan plan)
    {
        string[] keys = [.. plan.Set.Keys, .. plan.Grid.Keys, .. plan.Random.Keys];
        if (keys.CountBy(key => key).FirstOrDefault(pair => pair.Value > 1) is { Key: { } twice })
            throw ExpectedException.Usage($"{twice} is given twice, expected it in one of set, grid and random");
        if (keys.Contains("seed"))
            throw ExpectedException.Usage("seed is given as a field, expected the sweep's seeds");
        if (plan.Seeds.Count == 0 || plan.Samples < 1)
            throw ExpectedException.Usage($"{plan.Seeds.Count} seeds and {plan.Samples} samples, expected at least 1 of each");
        foreach (var (key, values) in plan.Grid)
            if (values.Count == 0)
                throw ExpectedException.Usage($"the grid has no value for {key}, expected at least one");
        var all = plan.Grid.Values.Aggregate((double)plan.Samples * plan.Seeds.Count, (runs, values) => runs * values.Count);
        if (all > MostRuns)
            throw ExpectedException.Usage(string.Create(
                CultureInfo.InvariantCulture, $"the sweep has {all:N0} runs, expected at most {MostRuns:N0}"));
        foreach (var (key, range) in plan.Random)
        {
            if (range.Fault is { } fault)
                throw ExpectedException.Usage($"the range of {key}: {fault}");
            var type = ConfigBuilder.Fields.FirstOrDefault(field => field.Key == key)?.Type;
            if (type is not null && type != typeof(int) && type != typeof(double))
                throw ExpectedException.Usage($"{key} is not a number, expected a list of values for it");
        }
        if (plan.Samples > 1 && plan.Random.Count == 0)
            throw ExpectedException.Usage(
                $"{plan.Samples} samples and no range to draw from, expected one such as learning_rate=0.001..0.1:log");
    }

    /// <summary>Draws one sample: a function of the plan's seed, the sample's number and the key.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Draw(SweepPlan plan, int sample)
    {
        foreach (var (index, (key, range)) in plan.Random.OrderBy(pair => pair.Key, StringComparer.Ordinal).Index())
        {
            var random = SplitMix64.For(plan.RandomSeed, index, sample);
            var whole = ConfigBuilder.Fields.FirstOrDefault(field => field.Key == key)?.Type == typeof(int);
            var value = range.At((random.Next() >> 11) * (1.0 / (1UL << 53)));
            // Four digits are enough for a rate and keep the tables readable.
            yield return new(key, (whole ? Math.Round(value) : value).ToString(whole ? "F0" : "G4", CultureInfo.InvariantCulture));
        }
    }

    private static IEnumerable<Dictionary<string, string>> Combinations(IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> grid)
    {
        IEnumerable<Dictionary<string, string>> all = [[]];
        foreach (var (key, values) in grid)
            all = all.SelectMany(_ => values, (before, value) => new Dictionary<string, string>(before) { [key] = Text(value) });
        return all;
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw ExpectedException.Usage($"{value.GetRawText()} is not a value of a config, expected text, a number, true or false"),
    };
}
