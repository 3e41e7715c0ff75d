using System.Text;
using Microsoft.Net.Http.Headers;

namespace LeNetServe.InferenceServer.Api.Metrics;

/// <summary>Turns Prometheus' text into OpenMetrics 1.0 (github.com/prometheus/OpenMetrics). Names and values of samples stay.</summary>
internal static class OpenMetricsText
{
    /// <summary>The content type of the format.</summary>
    public const string ContentType = $"{MediaType}; version=1.0.0; charset=utf-8";

    private const string MediaType = "application/openmetrics-text";
    private const string Total = "_total";

    /// <summary>Gets whether a client names the format, and does not like text better.</summary>
    public static bool IsPreferred(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var quality = Quality(accepted, MediaType);
        return quality > 0 && quality >= Quality(accepted, "text/plain");
    }

    /// <summary>Turns the text.</summary>
    public static string Of(string prometheus)
    {
        var text = new StringBuilder(prometheus.Length + 64);
        foreach (var line in prometheus.AsSpan().TrimEnd('\n').EnumerateLines())
            text.Append(line.StartsWith("# ") ? Header(line.ToString()) : line).Append('\n');
        return text.Append("# EOF\n").ToString();
    }

    // A counter's family has its name without _total. Counters of other names, such as Triton's, have no type in OpenMetrics.
    private static string Header(string line)
    {
        var words = line.Split(' ', 4);
        if (words[2].EndsWith(Total, StringComparison.Ordinal))
            words[2] = words[2][..^Total.Length];
        else if (words is [_, "TYPE", _, "counter"])
            words[3] = "unknown";
        return string.Join(' ', words);
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type) =>
        accepted.Where(each => each.MediaType == type).Select(each => each.Quality ?? 1).DefaultIfEmpty(0).Max();
}
