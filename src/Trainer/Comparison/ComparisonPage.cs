using System.Globalization;
using System.Text;
using LeNetServe.Trainer.Reports;
using LeNetServe.Trainer.Reports.Charts;

namespace LeNetServe.Trainer.Comparison;

/// <summary>A comparison as one web page.</summary>
internal static class ComparisonPage
{
    private const int Coloured = 6;
    private const int MostLabels = 6;

    /// <summary>The page.</summary>
    public static string Render(RunComparison comparison)
    {
        var page = new Page("Comparison of runs");
        page.Add($"<h1>Comparison of {comparison.Runs.Count} runs</h1><p class=\"lead\">{Page.Text(ComparisonTables.Caption(comparison))}</p>");
        page.Section("Experiments", Experiments(comparison), "An experiment is a config; its runs differ in their seeds. The best mean of each column is marked.");
        if (comparison.Varied.Count > 0 && comparison.Groups.Any(group => group.Finished.Count > 0))
        {
            page.Section("Settings", page.Charts(comparison.Varied.Select(key => Setting(comparison, key))),
                "Each dot is a run; the line joins the means over all runs with that value, with their 95 % intervals. Other settings vary along with it.");
            if (comparison.Choice is not null)
                page.Section("Best value of each setting", BestValues(comparison));
        }
        page.Section("Learning curves", page.Charts(Curves(comparison)), Faint(comparison));
        page.Section("Cost", page.Charts(Cost(comparison)), "Each dot is an experiment with the 95 % interval of its accuracy.");
        page.Section("Runs", RunTable(comparison));
        return page.ToString();
    }

    private static string Experiments(RunComparison comparison)
    {
        var names = Math.Max(1, comparison.Varied.Count);
        var html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        foreach (var (index, column) in ComparisonTables.Header(comparison).Index())
            html.Append(index < names ? "<th>" : "<th class=\"n\">").Append(Page.Text(column)).Append("</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in ComparisonTables.Rows(comparison))
        {
            html.Append("<tr>");
            foreach (var (index, (text, best)) in row.Index())
                html.Append(index < names ? "<td>" : best ? "<td class=\"n best\">" : "<td class=\"n\">").Append(Page.Text(text)).Append("</td>");
            html.Append("</tr>");
        }
        return html.Append("</tbody></table></div>").ToString();
    }

    private static Chart Setting(RunComparison comparison, string key)
    {
        var values = comparison.ValuesOf(key).Where(value => value.Interval.Count > 0).ToList();
        var numbers = values.Select(value => RunComparison.AsNumber(value.Value)).OfType<double>().ToList();
        var numeric = numbers.Count == values.Count && values.Count > 1;
        var axis = numeric
            ? new Axis(key) { Logarithmic = numbers.Min() > 0 && numbers.Max() / numbers.Min() >= 8, Labelled = numbers.Count <= MostLabels ? numbers : null }
            : new Axis(key) { Names = [.. values.Select(value => value.Value)] };
        var at = values.Select((value, index) => (value.Value, X: numeric ? numbers[index] : index)).ToDictionary(pair => pair.Value, pair => pair.X);
        return new()
        {
            Title = key,
            X = axis,
            Y = new(Share(comparison.Shown)) { Percent = true },
            Series =
            [
                new("", [.. comparison.Groups.SelectMany(group => group.Finished.Select(run => (group, run))).Select(pair => new ChartPoint(
                    at[pair.group.Settings.GetValueOrDefault(key, "–")], comparison.Shown.Of(pair.run.Summary!) ?? double.NaN, Note: $"{pair.run.Id}: {comparison.NameOf(pair.group)}"))])
                { Line = false, Colour = 7, Unlisted = true },
                new("", [.. values.Select(value => new ChartPoint(at[value.Value], value.Interval.Mean, value.Interval.HalfWidth is null ? null : value.Interval.Low,
                    value.Interval.HalfWidth is null ? null : value.Interval.High, $"{key} {value.Value}: {value.Interval.ToString("0.00", 100)} % over {value.Interval.Count} runs"))])
                { Line = numeric, Colour = 0, Unlisted = true },
            ],
        };
    }

    private static string BestValues(RunComparison comparison)
    {
        var html = new StringBuilder($"<div class=\"scroll\"><table><thead><tr><th>setting</th><th>value</th><th class=\"n\">runs</th><th class=\"n\">{Page.Text(comparison.Shown.Name)}</th></tr></thead><tbody>");
        foreach (var key in comparison.Varied)
        {
            var values = comparison.ValuesOf(key);
            var best = values.Where(value => value.Interval.Count > 0).Select(value => value.Interval.Mean).DefaultIfEmpty(double.NaN).Max();
            foreach (var (index, (value, interval)) in values.Index())
                html.Append($"<tr><td>{(index == 0 ? Page.Text(key) : "")}</td><td>{Page.Text(value)}</td><td class=\"n\">{interval.Count}</td>")
                    .Append(interval.Mean == best ? "<td class=\"n best\">" : "<td class=\"n\">").Append(interval.ToString("0.00", 100)).Append("</td></tr>");
        }
        return html.Append("</tbody></table></div>").ToString();
    }

    private static IEnumerable<Chart> Curves(RunComparison comparison)
    {
        var epoch = new Axis("epoch") { Whole = true };
        yield return new()
        {
            Title = "Validation accuracy",
            X = epoch,
            Y = new("share of images classified correctly") { Percent = true },
            Series = Of(line => line.ValidationAccuracy),
            Height = 380,
        };
        yield return new() { Title = "Training loss", X = epoch, Y = new("mean of each run's own criterion, nats") { Logarithmic = true }, Series = Of(line => line.TrainLoss), Height = 380 };

        ChartSeries[] Of(Func<RecordedEpoch, double?> value) =>
            [.. comparison.Groups.Select((group, rank) => new ChartSeries(comparison.NameOf(group), MeanCurve(group, value)) { Colour = rank < Coloured ? rank : 7, Faint = rank >= Coloured, Unlisted = rank >= Coloured })];
    }

    private static List<ChartPoint> MeanCurve(RunGroup group, Func<RecordedEpoch, double?> value) =>
    [
        .. group.Runs.SelectMany(run => run.Epochs).Where(line => value(line) is not null).GroupBy(line => line.Epoch).OrderBy(same => same.Key)
            .Select(same => (Epoch: same.Key, Interval: Interval.Of(same.Select(line => value(line)!.Value))))
            .Select(pair => new ChartPoint(pair.Epoch, pair.Interval.Mean, pair.Interval.HalfWidth is null ? null : pair.Interval.Low, pair.Interval.HalfWidth is null ? null : pair.Interval.High)),
    ];

    private static string? Faint(RunComparison comparison) => comparison.Groups.Count <= Coloured
        ? "Means over seeds with their 95 % intervals."
        : $"Means over seeds with their 95 % intervals; the first {Coloured} experiments of the table in colour, the others faint.";

    private static IEnumerable<Chart> Cost(RunComparison comparison)
    {
        foreach (var (title, measure) in ((string, Measure)[])[("Test accuracy against training time", Measure.Seconds), ("Test accuracy against size", Measure.Parameters)])
        {
            var groups = comparison.Groups.Where(group => group.Finished.Count > 0).ToList();
            var all = groups.Select(group => group.Of(measure).Mean).ToList();
            yield return new()
            {
                Title = title,
                X = new(measure == Measure.Seconds ? "seconds of training" : "trainable parameters") { Logarithmic = all.Count > 0 && all.Min() > 0 && all.Max() / all.Min() >= 8 },
                Y = new("test accuracy") { Percent = true },
                Series =
                [
                    .. groups.Select((group, rank) => new ChartSeries(comparison.NameOf(group), [Point(group)])
                    {
                        Line = false, Colour = rank < Coloured ? rank : 7, Unlisted = rank >= Coloured || measure != Measure.Seconds,
                    }),
                ],
            };

            ChartPoint Point(RunGroup group)
            {
                var accuracy = group.Of(Measure.TestAccuracy);
                var note = $"{comparison.NameOf(group)}: {accuracy.ToString("0.00", 100)} %, {group.Of(measure).ToString(measure.Format, measure.Factor)} {measure.Key}";
                return new(group.Of(measure).Mean, accuracy.Mean, accuracy.HalfWidth is null ? null : accuracy.Low, accuracy.HalfWidth is null ? null : accuracy.High, note);
            }
        }
    }

    private static string RunTable(RunComparison comparison)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table><thead><tr><th>run</th><th>experiment</th><th class=\"n\">seed</th>");
        foreach (var measure in comparison.Measures)
            html.Append("<th class=\"n\">").Append(Page.Text(measure.Name)).Append("</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var group in comparison.Groups)
            foreach (var run in group.Runs)
            {
                html.Append($"<tr><td>{Page.Text(run.Id)}</td><td>{Page.Text(comparison.NameOf(group))}</td><td class=\"n\">{Page.Text(run.Settings.GetValueOrDefault("seed", "–"))}</td>");
                foreach (var measure in comparison.Measures)
                    html.Append("<td class=\"n\">").Append(run.Summary is { } summary && measure.Of(summary) is { } figure
                        ? (measure.Factor * figure).ToString(measure.Format, CultureInfo.InvariantCulture)
                        : run.Summary is null && measure == comparison.Measures[0] ? $"at epoch {run.Epochs.Count}" : "–").Append("</td>");
                html.Append("</tr>");
            }
        return html.Append("</tbody></table></div>").ToString();
    }

    private static string Share(Measure measure) => measure.Name.Split(',')[0];
}
