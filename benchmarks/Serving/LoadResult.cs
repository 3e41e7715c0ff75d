using HdrHistogram;

namespace LeNetServe.Serving;

/// <summary>What a load gave.</summary>
/// <param name="Answered">Good answers.</param>
/// <param name="Refused">Calls turned away because the server was full (RESOURCE_EXHAUSTED).</param>
/// <param name="Failed">Others.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Latencies">Of good answers, microseconds from when a call was due, not from when it was sent: waiting in the generator counts.</param>
/// <param name="Refusals">Of refusals, the same.</param>
/// <param name="Lateness">Of an open load's calls, microseconds from when they were due until the generator came to send them.</param>
internal sealed record LoadResult(long Answered, long Refused, long Failed, double Seconds, HistogramBase Latencies, HistogramBase Refusals, HistogramBase Lateness)
{
    public double PerSecond => Answered / Seconds;

    public double Mean => Latencies.GetMean();

    public double Percentile(double percent) => Latencies.GetValueAtPercentile(percent);
}
