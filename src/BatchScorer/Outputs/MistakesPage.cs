using System.Net;
using System.Text;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>One HTML file, with nothing outside it: accuracy, confusion matrix, figures per class, and the mistakes the model is surest of.</summary>
internal static class MistakesPage
{
    /// <summary>Classes beyond which the matrix is too wide to read.</summary>
    private const int MaxMatrixClasses = 50;

    private const string Style = """
        :root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: 10 110 190; }
        body { font: 15px/1.45 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
        .about { color: #888; margin-top: 0; overflow-wrap: anywhere; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; } td.diagonal { font-weight: 600; } td.none { color: #8886; }
        .wide { overflow-x: auto; }
        .mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .8rem; padding: 0; list-style: none; }
        .mistakes li { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem; }
        .mistakes img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; background: var(--soft); display: block; }
        .mistakes b { font-size: 1.05rem; display: block; } .mistakes small { display: block; color: #888; overflow-wrap: anywhere; margin-top: .2rem; }
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="tally">The counts.</param>
    /// <param name="mistakes">The mistakes, surest first.</param>
    /// <param name="picture">A mistake's picture as PNG; null where it cannot be read any more.</param>
    public static void Write(string path, Tally tally, IReadOnlyList<Mistake> mistakes, Func<InputImage, byte[]?> picture)
    {
        var page = new StringBuilder();
        var model = $"{tally.Model.Name}/{tally.Model.Version}";
        page.Append($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{Html(model)}: mistakes</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n");
        page.Append($"<h1>{tally.Accuracy * 100:0.00} % of {tally.Labelled:N0} labelled images are right</h1>\n");
        page.Append($"<p class=\"about\">Model {Html(model)}, SHA-256 {tally.Model.Sha256}. {tally.Images:N0} images, {tally.Failed:N0} failed, {tally.Labelled - tally.Correct:N0} taken for another class than their folder's.</p>\n");
        AppendMistakes(page, tally, mistakes, picture);
        AppendClasses(page, tally);
        AppendMatrix(page, tally);
        page.Append("</body>\n</html>\n");
        AtomicFile.WriteText(path, page.ToString());
    }

    private static void AppendMistakes(StringBuilder page, Tally tally, IReadOnlyList<Mistake> mistakes, Func<InputImage, byte[]?> picture)
    {
        page.Append("<h2>The mistakes the model is surest of</h2>\n");
        if (mistakes.Count == 0)
        {
            page.Append("<p>None.</p>\n");
            return;
        }
        page.Append("<p>As the model saw them. Some may be wrong labels.</p>\n<ol class=\"mistakes\">\n");
        foreach (var mistake in mistakes)
        {
            var labels = tally.Model.Labels;
            var png = mistake.Image is null ? null : picture(mistake.Image);
            var alt = $"{labels[mistake.Actual]} taken for {labels[mistake.Predicted]}";
            page.Append("<li>");
            page.Append(png is null ? "<p>cannot be read any more</p>" : $"<img alt=\"{Html(alt)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">");
            page.Append($"<b>{Html(labels[mistake.Actual])} → {Html(labels[mistake.Predicted])}</b>{mistake.Probability * 100:0.0}&nbsp;%<small>{Html(mistake.Name)}</small></li>\n");
        }
        page.Append("</ol>\n");
    }

    private static void AppendClasses(StringBuilder page, Tally tally)
    {
        page.Append("<h2>Classes</h2>\n<table>\n<tr><th>class</th><th>images</th><th>predicted</th><th>precision</th><th>recall</th><th>F1</th></tr>\n");
        foreach (var figures in ClassFigures.Of(tally))
            page.Append($"<tr><th>{Html(figures.Label)}</th><td>{figures.Images:N0}</td><td>{figures.Predicted:N0}</td>{Percent(figures.Precision)}{Percent(figures.Recall)}{Percent(figures.F1)}</tr>\n");
        page.Append("</table>\n");
    }

    private static void AppendMatrix(StringBuilder page, Tally tally)
    {
        var labels = tally.Model.Labels;
        page.Append("<h2>Confusion</h2>\n");
        if (labels.Count > MaxMatrixClasses)
        {
            page.Append("<p>Too many classes for a table; the summary has the matrix.</p>\n");
            return;
        }
        page.Append("<p>Rows are the folders' classes, columns the model's; a cell is shaded by its share of its row's mistakes.</p>\n<div class=\"wide\"><table>\n<tr><th></th>");
        foreach (var label in labels)
            page.Append($"<th>{Html(label)}</th>");
        page.Append("</tr>\n");
        for (var actual = 0; actual < labels.Count; actual++)
        {
            var wrong = Enumerable.Range(0, labels.Count).Where(predicted => predicted != actual).Sum(predicted => tally.Confusion[actual, predicted]);
            page.Append($"<tr><th>{Html(labels[actual])}</th>");
            for (var predicted = 0; predicted < labels.Count; predicted++)
                page.Append(Cell(tally.Confusion[actual, predicted], actual == predicted, wrong));
            page.Append("</tr>\n");
        }
        page.Append("</table></div>\n");
    }

    private static string Cell(long count, bool diagonal, long wrong) => diagonal ? $"<td class=\"diagonal\">{count:N0}</td>"
        : count == 0 ? "<td class=\"none\">·</td>"
        : $"<td style=\"background:rgb(var(--accent) / {0.1 + (0.5 * count / wrong):0.00})\">{count:N0}</td>";

    private static string Percent(double? share) => share is { } value ? $"<td>{value * 100:0.00} %</td>" : "<td class=\"none\">·</td>";

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
