using System.Globalization;
using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Comparison;

/// <summary>A set of runs, grouped into experiments and ranked.</summary>
internal sealed class RunComparison
{
    /// <summary>Compares these runs.</summary>
    public RunComparison(IReadOnlyList<RecordedRun> runs)
    {
        Runs = WithImages(runs);
        var groups = RunGroup.Group(Runs);
        var finished = groups.SelectMany(group => group.Finished).ToList();
        Measures = [.. Measure.All.Where(measure => finished.Any(run => measure.Of(run.Summary!) is not null))];
        Choice = finished.Any(run => run.Summary!.ValidationAccuracy is not null) ? Measure.ValidationAccuracy : null;
        Varied =
        [
            .. groups.SelectMany(group => group.Settings.Keys).Distinct()
                .Where(key => groups.Select(group => group.Settings.GetValueOrDefault(key)).Distinct().Count() > 1),
        ];
        Groups =
        [
            .. Varied.Aggregate(
                groups.OrderBy(DataOf, StringComparer.Ordinal)
                    .ThenByDescending(group => group.Of(Measure.ValidationAccuracy) is { Count: > 0, Mean: var mean } ? mean : -1),
                (ordered, key) => ordered.ThenBy(group => AsNumber(group.Settings.GetValueOrDefault(key)) ?? double.MaxValue)
                    .ThenBy(group => group.Settings.GetValueOrDefault(key), StringComparer.Ordinal)),
        ];
        DataSets = groups.Where(group => group.Finished.Count > 0).Select(DataOf).Distinct().Count();
    }

    public IReadOnlyList<RecordedRun> Runs { get; }

    /// <summary>
    /// The experiments of each data set, best first by <see cref="Choice"/>. Those without it follow unranked, in the order of their
    /// settings.
    /// </summary>
    public IReadOnlyList<RunGroup> Groups { get; }

    /// <summary>The measure that ranks: validation accuracy, for the test set chooses nothing; null if no run held images out.</summary>
    public Measure? Choice { get; }

    /// <summary>The accuracy in charts of the settings: the measure that ranks, or test accuracy if none is ranked.</summary>
    public Measure Shown => Choice ?? Measure.TestAccuracy;

    /// <summary>Number of data sets of the finished runs. The figures of different images do not compare.</summary>
    public int DataSets { get; }

    /// <summary>Number of experiments that are finished but not ranked.</summary>
    public int Unranked => Groups.Count(group => group.Finished.Count > 0 && group.Of(Measure.ValidationAccuracy).Count == 0);

    /// <summary>The figures that at least one finished run has.</summary>
    public IReadOnlyList<Measure> Measures { get; }

    /// <summary>The settings that are not the same everywhere, in the config's order.</summary>
    public IReadOnlyList<string> Varied { get; }

    /// <summary>Runs that are not finished.</summary>
    public int Unfinished => Runs.Count(run => run.Summary is null);

    /// <summary>A short name of an experiment: the settings in which it differs.</summary>
    public string NameOf(RunGroup group) => Varied.Count == 0
        ? string.Join(", ", ((string[])["dataset", "variant"]).Select(key => group.Settings.GetValueOrDefault(key)).OfType<string>())
        : string.Join(", ", Varied.Select(key => $"{key} {group.Settings.GetValueOrDefault(key, "–")}"));

    /// <summary>
    /// The best mean of a measure over the experiments on a group's data set; null if none has a value or neither way is better.
    /// </summary>
    public double? Best(Measure measure, RunGroup among)
    {
        var intervals = Groups.Where(group => DataOf(group) == DataOf(among)).Select(group => group.Of(measure));
        var means = intervals.Where(interval => interval.Count > 0).Select(interval => interval.Mean).ToList();
        if (means.Count < 2 || measure.MoreIsBetter is not { } more || means.Distinct().Count() < 2)
            return null;
        return more ? means.Max() : means.Min();
    }

    /// <summary>Gets the shown accuracy over all finished runs of each value of a setting, numbers in ascending order.</summary>
    public IReadOnlyList<(string Value, Interval Interval)> ValuesOf(string key) =>
    [
        .. Groups.GroupBy(group => group.Settings.GetValueOrDefault(key, "–"))
            .Select(same => (Value: same.Key, Runs: same.SelectMany(group => group.Finished)))
            .Select(same => (same.Value, Interval: Interval.Of(same.Runs.Select(run => Shown.Of(run.Summary!)).OfType<double>())))
            .OrderBy(pair => AsNumber(pair.Value) ?? double.MaxValue).ThenBy(pair => pair.Value, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Gives runs a setting <c>images</c>, the first digits of the images' SHA-256, if runs of one data set have other images. Folders of
    /// pictures are all of the data set <c>folder</c>.
    /// </summary>
    private static IReadOnlyList<RecordedRun> WithImages(IReadOnlyList<RecordedRun> runs)
    {
        var known = runs.Where(run => run.Images is not null).ToList();
        var sets = known.Select(run => run.Settings.GetValueOrDefault("dataset")).Distinct().Count();
        if (known.Select(run => run.Images).Distinct().Count() <= sets)
            return runs;
        return [.. runs.Select(run => run.Images is not { } images ? run : run with
        {
            Settings = new Dictionary<string, string>(run.Settings) { ["images"] = images[..8] },
        })];
    }

    /// <summary>Identifies a group's data set: by its name, and by its images if runs of one name have different ones.</summary>
    private static string DataOf(RunGroup group) =>
        string.Join(' ', ((string[])["dataset", "images"]).Select(key => group.Settings.GetValueOrDefault(key)).OfType<string>());

    /// <summary>A setting's value as a number, or null.</summary>
    private static double? AsNumber(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
