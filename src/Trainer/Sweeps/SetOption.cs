using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Sweeps;

/// <summary><c>--set key=value[,value…]</c> or <c>--set key=low..high[:log]</c>.</summary>
internal static partial class SetOption
{
    /// <summary>Puts an option into a plan: one value is set, several are a grid, a range is drawn from.</summary>
    public static SweepPlan Apply(SweepPlan plan, string text)
    {
        var (name, value) = text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
            ? (text[..equals], text[(equals + 1)..])
            : throw ExpectedException.Usage($"--set is \"{text}\", expected key=value, key=value,value or key=low..high[:log]");
        var key = name.TrimStart('-').Replace('-', '_');
        if (ConfigBuilder.Fields.All(field => field.Key != key))
            throw ExpectedException.Usage($"--set names {name}, which is not a value of a config"
                + NearestName.Expected(
                    key.Replace('_', '-'), [.. ConfigBuilder.Fields.Select(field => field.Option[2..])], "lenetserve-train train --help"));
        var bare = plan with { Set = Without(plan.Set, key), Grid = Without(plan.Grid, key), Random = Without(plan.Random, key) };
        if (RangePattern().Match(value) is { Success: true } range)
            return bare with { Random = With(bare.Random, key, Range(range.Groups)) };
        var values = value.Split(',').Select(Element).ToList();
        return values.Count == 1
            ? bare with { Set = With(bare.Set, key, values[0]) }
            : bare with { Grid = With(bare.Grid, key, (IReadOnlyList<JsonElement>)values) };
    }

    /// <summary>Seeds as <c>1,2,5</c> or <c>1..8</c>.</summary>
    public static IReadOnlyList<int> Seeds(string text)
    {
        var seeds = new List<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split("..");
            if (ends.Length > 2 || !IsWhole(ends[0], out var first) || !IsWhole(ends[^1], out var last) || last < first)
                throw ExpectedException.Usage($"--seeds is \"{text}\", expected numbers and ranges such as 1,2,5 or 1..8");
            if ((long)last - first >= SweepConfigs.MostRuns)
                throw ExpectedException.Usage($"--seeds is \"{text}\", expected at most {SweepConfigs.MostRuns} seeds");
            seeds.AddRange(Enumerable.Range(first, last - first + 1));
        }
        return seeds;
    }

    private static JsonElement Element(string text) => JsonSerializer.SerializeToElement(text);

    private static ValueRange Range(GroupCollection parts) => new()
    {
        Low = double.Parse(parts[1].Value, CultureInfo.InvariantCulture),
        High = double.Parse(parts[2].Value, CultureInfo.InvariantCulture),
        Log = parts[3].Success,
    };

    private static bool IsWhole(string text, out int number) => int.TryParse(text, CultureInfo.InvariantCulture, out number);

    private static Dictionary<string, T> Without<T>(IReadOnlyDictionary<string, T> values, string key) =>
        values.Where(pair => pair.Key != key).ToDictionary();

    private static Dictionary<string, T> With<T>(IReadOnlyDictionary<string, T> values, string key, T value) =>
        new(values) { [key] = value };

    [GeneratedRegex(@"^([-+]?[0-9.]*[0-9](?:[eE][-+]?[0-9]+)?)\.\.([-+]?\.?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)(:log)?$")]
    private static partial Regex RangePattern();
}
