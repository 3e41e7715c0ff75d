using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace LeNetServe.Trainer.Reports.Charts;

/// <summary>
/// Draws a chart as SVG for a page. ScottPlot draws lines, bands, dots and grid; every text is an SVG text in the page's own font, because ScottPlot needs
/// a font file on the machine and leaves text out where it finds none. Colours are the page's CSS variables, so that the chart follows light and dark.
/// </summary>
internal static partial class ChartSvg
{
    private const int Left = 70, Right = 14, Top = 12, Bottom = 44;
    private const int MostNotes = 400;

    /// <summary>The chart with its title and legend, as a figure element. <paramref name="id"/> is unique on the page.</summary>
    public static string Figure(Chart chart, string id)
    {
        var html = new StringBuilder($"<figure class=\"chart\"><figcaption>{Text(chart.Title)}");
        var listed = chart.Series.Where(series => !series.Unlisted && series.Points.Count > 0).ToList();
        if (listed.Count > 1 || listed.Any(series => series.Name.Length > 0))
            html.Append("<span class=\"legend\">")
                .AppendJoin("", listed.Select(series => $"<span><i style=\"background:var(--s{series.Colour})\"></i>{Text(series.Name)}</span>"))
                .Append("</span>");
        return html.Append("</figcaption>").Append(Draw(chart, id)).Append("</figure>\n").ToString();
    }

    private static string Draw(Chart chart, string id)
    {
        var series = chart.Series.Select(one => one with { Points = [.. one.Points.Where(point => chart.X.Takes(point.X) && chart.Y.Takes(point.Y))] }).ToList();
        var points = series.SelectMany(one => one.Points).ToList();
        if (points.Count == 0)
            return "<p class=\"none\">no values</p>";
        var x = Span(chart.X, points.Select(point => point.X), padding: chart.Series.All(one => one.Line) ? 0 : 0.04);
        var y = Span(chart.Y, points.SelectMany(point => (double?[])[point.Y, point.Low, point.High]).OfType<double>().Where(chart.Y.Takes), padding: 0.06);
        var (xTicks, xStep) = chart.X.Ticks(x.Low, x.High, 7);
        var (yTicks, yStep) = chart.Y.Ticks(y.Low, y.High, 5);

        using var plot = new Plot();
        plot.FigureBackground.Color = plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Frameless(false);
        plot.Axes.Bottom.TickGenerator = Manual(xTicks.Select(chart.X.Position));
        plot.Axes.Left.TickGenerator = Manual(yTicks.Select(chart.Y.Position));
        plot.Grid.MajorLineColor = Sentinel.Grid;
        plot.Layout.Fixed(new PixelPadding(Left, Right, Bottom, Top));
        foreach (var one in series.OrderBy(one => !one.Faint))
            Add(plot, chart, one);
        plot.Axes.SetLimits(chart.X.Position(x.Low), chart.X.Position(x.High), chart.Y.Position(y.Low), chart.Y.Position(y.High));
        foreach (IAxis axis in (IAxis[])[plot.Axes.Left, plot.Axes.Right, plot.Axes.Top, plot.Axes.Bottom])
        {
            axis.FrameLineStyle.IsVisible = false;
            axis.MajorTickStyle.Length = axis.MinorTickStyle.Length = 0;
        }

        var drawn = Body().Match(plot.GetSvgXml(chart.Width, chart.Height)).Groups[1].Value;
        var svg = new StringBuilder(Number($"<svg viewBox=\"0 0 {chart.Width} {chart.Height}\" role=\"img\" aria-label=\"{Text(chart.Title)}\">"));
        svg.Append(Identified(Sentinel.Restore(PointlessTicks().Replace(drawn, "")), id));
        foreach (var tick in xTicks)
            svg.Append(Number($"<text x=\"{plot.GetPixel(new(chart.X.Position(tick), 0)).X:0.#}\" y=\"{chart.Height - Bottom + 16}\" class=\"tx\">{Text(chart.X.Label(tick, xStep))}</text>"));
        foreach (var tick in yTicks)
            svg.Append(Number($"<text x=\"{Left - 7}\" y=\"{plot.GetPixel(new(0, chart.Y.Position(tick))).Y + 4:0.#}\" class=\"ty\">{chart.Y.Label(tick, yStep)}</text>"));
        svg.Append(Number($"<text x=\"{(Left + chart.Width - Right) / 2}\" y=\"{chart.Height - 8}\" class=\"tt\">{Text(chart.X.Title)}</text>"));
        svg.Append(Number($"<text transform=\"translate(13 {(Top + chart.Height - Bottom) / 2}) rotate(-90)\" class=\"tt\">{Text(chart.Y.Title)}</text>"));
        if (points.Count <= MostNotes)
            foreach (var one in series)
                foreach (var point in one.Points)
                    svg.Append(Note(plot, chart, one, point, yStep));
        return svg.Append("</svg>").ToString();
    }

    private static void Add(Plot plot, Chart chart, ChartSeries series)
    {
        if (series.Points.Count == 0)
            return;
        var colour = Sentinel.Series(series.Colour);
        var ranges = series.Points.Where(point => point.Low is { } low && point.High is { } high && chart.Y.Takes(low) && chart.Y.Takes(high)).ToList();
        if (series.Line && ranges.Count > 1)
        {
            var band = plot.Add.FillY(ranges.Select(point => (chart.X.Position(point.X), chart.Y.Position(point.Low!.Value), chart.Y.Position(point.High!.Value))).ToList());
            band.FillColor = colour.WithAlpha(0.18);
            band.LineWidth = 0;
        }
        else
        {
            foreach (var point in ranges)
            {
                var bar = plot.Add.Line(chart.X.Position(point.X), chart.Y.Position(point.Low!.Value), chart.X.Position(point.X), chart.Y.Position(point.High!.Value));
                bar.LineColor = colour;
                bar.LineWidth = 1.5f;
            }
        }
        var line = plot.Add.Scatter(
            series.Points.Select(point => chart.X.Position(point.X)).ToArray(), series.Points.Select(point => chart.Y.Position(point.Y)).ToArray(), colour);
        line.LineWidth = series.Line ? series.Faint ? 1 : 2 : 0;
        line.MarkerSize = !series.Line ? 8 : series.Points.Count == 1 ? 6 : 0;
        if (series.Faint)
            line.LineColor = colour.WithAlpha(0.35);
    }

    private static string Note(Plot plot, Chart chart, ChartSeries series, ChartPoint point, double yStep)
    {
        var pixel = plot.GetPixel(new(chart.X.Position(point.X), chart.Y.Position(point.Y)));
        var name = series.Name.Length > 0 ? series.Name + ": " : "";
        var note = point.Note ?? Number($"{name}{chart.Y.Label(point.Y, yStep / 100)} at {chart.X.Title} {point.X:0.####}");
        return Number($"<circle cx=\"{pixel.X:0.#}\" cy=\"{pixel.Y:0.#}\" r=\"7\" class=\"tip\"><title>{Text(note)}</title></circle>");
    }

    private static (double Low, double High) Span(Axis axis, IEnumerable<double> values, double padding)
    {
        if (axis.Names is { } names)
            return (-0.5, names.Count - 0.5);
        var all = values.ToList();
        var (low, high) = (axis.Position(all.Min()), axis.Position(all.Max()));
        var single = low == high;
        var margin = !single ? (high - low) * padding : Math.Max(Math.Abs(high) * 0.05, axis.Whole ? 1 : axis.Logarithmic ? 0.05 : high == 0 ? 1e-3 : 0);
        // A single value tells no range, least of all one below zero.
        (low, high) = (single && low >= 0 && !axis.Logarithmic ? Math.Max(low - margin, 0) : low - margin, high + margin);
        if (axis.Percent)
            (low, high) = (Math.Max(low, 0), Math.Min(high, 1 + margin / 4));
        return axis.Logarithmic ? (Math.Pow(10, low), Math.Pow(10, high)) : (low, high);
    }

    /// <summary>Renames the drawing's ids, which Skia numbers through the whole process, so that no two charts of a page share one.</summary>
    private static string Identified(string svg, string id)
    {
        foreach (var (index, name) in Ids().Matches(svg).Select(match => match.Groups[1].Value).Distinct().Index())
            svg = svg.Replace($"\"{name}\"", $"\"{id}-{index}\"", StringComparison.Ordinal).Replace($"#{name})", $"#{id}-{index})", StringComparison.Ordinal);
        return svg;
    }

    private static NumericManual Manual(IEnumerable<double> positions)
    {
        var all = positions.ToArray();
        return new(all, [.. all.Select(_ => "")]);
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("<svg[^>]*>(.*)</svg>", RegexOptions.Singleline)]
    private static partial Regex Body();

    /// <summary>Tick marks of length zero, in a colour of their own.</summary>
    [GeneratedRegex("<path fill=\"none\" stroke=\"black\"[^>]*/>\\s*")]
    private static partial Regex PointlessTicks();

    [GeneratedRegex("id=\"([^\"]*)\"")]
    private static partial Regex Ids();
}
