using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Comparison;

/// <summary>Runs that differ in their seeds alone.</summary>
/// <param name="Settings">Their common settings.</param>
/// <param name="Runs">The runs, by seed.</param>
internal sealed record RunGroup(IReadOnlyDictionary<string, string> Settings, IReadOnlyList<RecordedRun> Runs)
{
    /// <summary>Keys that do not make another experiment: the seed, and the folder of the data.</summary>
    public static IReadOnlyList<string> SeedKeys { get; } = ["seed", "data"];

    public IReadOnlyList<RecordedRun> Finished => [.. Runs.Where(run => run.Summary is not null)];

    /// <summary>The measure over the finished runs.</summary>
    public Interval Of(Measure measure) => Interval.Of(Finished.Select(run => measure.Of(run.Summary!)).OfType<double>());

    /// <summary>Groups runs by their settings.</summary>
    public static IReadOnlyList<RunGroup> Group(IEnumerable<RecordedRun> runs) =>
    [
        .. runs.GroupBy(run => string.Join('\n', Shared(run).Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)))
            .Select(group => new RunGroup(
                Shared(group.First()).ToDictionary(), [.. group.OrderBy(run => Seed(run).Length).ThenBy(Seed, StringComparer.Ordinal)])),
    ];

    private static string Seed(RecordedRun run) => run.Settings.GetValueOrDefault("seed", "");

    private static IEnumerable<KeyValuePair<string, string>> Shared(RecordedRun run) =>
        run.Settings.Where(pair => !SeedKeys.Contains(pair.Key));
}
