using System.Globalization;
using LeNetServe.Cli.Pages;
using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Comparison;

/// <summary>A comparison as one web page.</summary>
internal static class ComparisonPage
{
    /// <summary>Renders the page, which is to lie in <paramref name="folder"/>: its links to the runs' reports are relative.</summary>
    public static string Render(RunComparison comparison, string folder)
    {
        var finished = comparison.Groups.Where(group => group.Finished.Count > 0).ToList();
        var title = comparison.Runs.Count == 1 ? "Comparison of 1 run" : $"Comparison of {comparison.Runs.Count} runs";
        return Page.Render(typeof(ComparisonPage).Assembly, "comparison.html", title, ComparisonTables.Caption(comparison), new
        {
            Names = comparison.Varied.DefaultIfEmpty("experiment"),
            Measures = comparison.Measures.Select(measure => measure.Name),
            Experiments = ComparisonTables.Rows(comparison).Select(row => row.Select(cell => new { cell.Text, cell.Best })),
            Shown = comparison.Shown.Name.Split(',')[0],
            Ranked = comparison.Choice is not null,
            Alone = comparison.DataSets == 1,
            Settings = finished.Count == 0 ? [] : comparison.Varied.Select(key => Setting(comparison, key)),
            Curves = comparison.Groups.Select(group => new
            {
                Name = comparison.NameOf(group),
                Accuracy = Curve(group, line => line.ValidationAccuracy),
                Loss = Curve(group, line => line.TrainLoss),
            }),
            Costs = finished.Select(group => Cost(comparison.NameOf(group), group)),
            Runs = comparison.Groups.SelectMany(group => group.Runs.Select(run => Run(comparison, group, run, folder))),
        });
    }

    private static object Setting(RunComparison comparison, string key) => new
    {
        Key = key,
        Values = comparison.ValuesOf(key).Select(value => new
        {
            value.Value,
            value.Interval.Count,
            Mean = value.Interval.Count > 0 ? value.Interval.Mean : (double?)null,
            Low = value.Interval.LowEnd,
            High = value.Interval.HighEnd,
            Text = value.Interval.ToString("0.00", 100),
            Runs =
                from @group in comparison.Groups
                where @group.Settings.GetValueOrDefault(key, "–") == value.Value
                from run in @group.Finished
                where comparison.Shown.Of(run.Summary!) is not null
                select new { Y = comparison.Shown.Of(run.Summary!), Note = $"{run.Id}: {comparison.NameOf(@group)}" },
        }),
    };

    /// <summary>The mean over seeds by epoch: epoch, mean and the interval's ends.</summary>
    private static IEnumerable<double?[]> Curve(RunGroup group, Func<RecordedEpoch, double?> value) =>
        from line in @group.Runs.SelectMany(run => run.Epochs)
        where value(line) is not null
        group value(line)!.Value by line.Epoch into same
        orderby same.Key
        let interval = Interval.Of(same)
        select (double?[])[same.Key, interval.Mean, interval.LowEnd, interval.HighEnd];

    private static object Cost(string name, RunGroup group)
    {
        var accuracy = group.Of(Measure.TestAccuracy);
        return new
        {
            Name = name,
            accuracy.Mean,
            Low = accuracy.LowEnd,
            High = accuracy.HighEnd,
            Text = accuracy.ToString("0.00", 100),
            Seconds = group.Of(Measure.Seconds).Mean,
            Parameters = group.Of(Measure.Parameters).Mean,
        };
    }

    private static object Run(RunComparison comparison, RunGroup group, RecordedRun run, string folder) => new
    {
        run.Id,
        Experiment = comparison.NameOf(group),
        Seed = run.Settings.GetValueOrDefault("seed", "–"),
        Report = File.Exists(run.Directory.Report) ? Link(folder, run.Directory.Report) : null,
        Cells = comparison.Measures.Select(measure => run.Summary is { } summary
            ? measure.Of(summary) is { } figure ? (measure.Factor * figure).ToString(measure.Format, CultureInfo.InvariantCulture) : "–"
            : measure == comparison.Measures[0] ? $"at epoch {run.Epochs.Count}" : "–"),
    };

    private static string Link(string folder, string file)
    {
        var parts = Path.GetRelativePath(folder, Path.GetFullPath(file)).Split(Path.DirectorySeparatorChar);
        return "./" + string.Join('/', parts.Select(Uri.EscapeDataString));
    }
}
