using System.Globalization;
using System.Text;
using LeNetServe.Files;

namespace LeNetServe.Trainer.Comparison;

/// <summary>A comparison as tables for documents and for other programs.</summary>
internal static class ComparisonTables
{
    /// <summary>The header of the table of experiments.</summary>
    public static IReadOnlyList<string> Header(RunComparison comparison) =>
        [.. comparison.Varied.DefaultIfEmpty("experiment"), "runs", .. comparison.Measures.Select(measure => measure.Name)];

    /// <summary>One row for each experiment, in the comparison's order: the cells and whether each is its column's best.</summary>
    public static IEnumerable<IReadOnlyList<(string Text, bool Best)>> Rows(RunComparison comparison)
    {
        foreach (var group in comparison.Groups)
        {
            var best = comparison.Measures.Select(measure => comparison.Best(measure, group));
            var names = comparison.Varied.Count == 0
                ? [comparison.NameOf(group)]
                : comparison.Varied.Select(key => group.Settings.GetValueOrDefault(key, "–"));
            var count = group.Finished.Count == group.Runs.Count ? $"{group.Runs.Count}" : $"{group.Finished.Count} of {group.Runs.Count}";
            yield return
            [
                .. names.Append(count).Select(text => (text, false)),
                .. comparison.Measures.Zip(best, (measure, mean) => group.Of(measure) is var interval
                    ? (interval.ToString(measure.Format, measure.Factor), interval.Count > 0 && interval.Mean == mean) : default),
            ];
        }
    }

    /// <summary>The table of experiments in Markdown; the best of each column is bold.</summary>
    public static string Markdown(RunComparison comparison)
    {
        var header = Header(comparison);
        var table = new StringBuilder()
            .Append("| ").AppendJoin(" | ", header.Select(Escape)).Append(" |\n")
            .Append('|').Append(string.Concat(Enumerable.Repeat("---|", Math.Max(1, comparison.Varied.Count))))
            .Append(string.Concat(Enumerable.Repeat("--:|", comparison.Measures.Count + 1))).Append('\n');
        foreach (var row in Rows(comparison))
        {
            var cells = row.Select(cell => cell.Best ? $"**{Escape(cell.Text)}**" : Escape(cell.Text));
            table.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        }
        return table.Append('\n').Append(Caption(comparison)).Append('\n').ToString();
    }

    /// <summary>One line for each run with every setting and figure (RFC 4180), for a spreadsheet or a notebook.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="safe">An apostrophe is put before texts that a spreadsheet would run as a formula.</param>
    public static string Csv(RunComparison comparison, bool safe = false)
    {
        var keys = comparison.Runs.SelectMany(run => run.Settings.Keys).Distinct().ToList();
        var table = new StringBuilder();
        Line(["run", "finished", .. keys, .. Measure.All.Select(measure => measure.Key)]);
        foreach (var run in comparison.Runs)
        {
            var figures = Measure.All.Select(measure => run.Summary is { } summary ? measure.Of(summary) : null);
            Line([
                run.Id,
                run.Summary is null ? "false" : "true",
                .. keys.Select(key => run.Settings.GetValueOrDefault(key, "")),
                .. figures.Select(figure => figure?.ToString("R", CultureInfo.InvariantCulture) ?? ""),
            ]);
        }
        return table.ToString();

        void Line(IEnumerable<string> cells) =>
            table.AppendJoin(',', cells.Select(cell => CsvText.Of(cell, safe && !IsNumber(cell)))).Append("\r\n");
    }

    /// <summary>Explains the figures in a sentence.</summary>
    public static string Caption(RunComparison comparison) =>
        $"{Counted.Of(comparison.Runs.Count, "run")} in {Counted.Of(comparison.Groups.Count, "experiment")}; "
        + $"mean ± 95 % interval over seeds (Student's t); {Ranking(comparison)}"
        + comparison.Unfinished switch
        {
            0 => ".",
            1 => "; 1 run is not finished and counts nowhere.",
            var unfinished => $"; {unfinished} runs are not finished and count nowhere.",
        };

    private static string Ranking(RunComparison comparison)
    {
        if (comparison.Choice is null)
            return "no run held images out for validation, so none is ranked: the test set chooses nothing. "
                + "The order is that of the settings. sweep --set validation=0.2 trains runs that can be ranked";
        var ranked = comparison.DataSets > 1
            ? $"{comparison.DataSets} data sets, whose figures do not compare: each is ranked by validation accuracy on its own"
            : "ranked by validation accuracy";
        return comparison.Unranked switch
        {
            0 => ranked,
            1 => $"{ranked}; 1 experiment held no images out for it and follows unranked",
            var unranked => $"{ranked}; {unranked} experiments held no images out for it and follow unranked, "
                + "in the order of their settings",
        };
    }

    /// <summary>Escapes pipes. An underscore inside a word is not markup.</summary>
    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    // A negative number begins with a minus and is not a formula.
    private static bool IsNumber(string cell) => double.TryParse(cell, CultureInfo.InvariantCulture, out _);
}
