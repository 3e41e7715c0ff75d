using System.Net;
using System.Text;

namespace LeNetServe.Trainer.Reports;

/// <summary>A web page in one file: styles, drawings and pictures lie inside it, and no script.</summary>
internal sealed class Page(string title)
{
    private readonly StringBuilder body = new();
    private int figures;

    /// <summary>Adds a section with a heading; <paramref name="content"/> is HTML.</summary>
    public void Section(string heading, string content, string? explanation = null) => body
        .Append("<section><h2>").Append(Text(heading)).Append("</h2>")
        .Append(explanation is null ? "" : $"<p class=\"explain\">{Text(explanation)}</p>")
        .Append(content).Append("</section>\n");

    /// <summary>Adds HTML.</summary>
    public void Add(string html) => body.Append(html);

    /// <summary>Charts side by side where the window is wide enough.</summary>
    public string Charts(params IEnumerable<Charts.Chart> charts) =>
        $"<div class=\"charts\">{string.Concat(charts.Select(chart => Reports.Charts.ChartSvg.Figure(chart, $"c{++figures}")))}</div>";

    /// <summary>Text, safe inside HTML and attributes.</summary>
    public static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>The whole page.</summary>
    public override string ToString() => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Text(title)}</title>
        <style>
        {Style()}
        </style>
        </head>
        <body>
        <main>
        {body}</main>
        </body>
        </html>

        """;

    private static string Style()
    {
        using var stream = typeof(Page).Assembly.GetManifestResourceStream("page.css")
            ?? throw new InvalidOperationException("page.css is not embedded in the program");
        return new StreamReader(stream).ReadToEnd();
    }
}
