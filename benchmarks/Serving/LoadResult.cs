using HdrHistogram;

namespace LeNetServe.Serving;

/// <summary>What a load gave.</summary>
/// <param name="Answered">Good answers.</param>
/// <param name="Failed">Others.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Latencies">Microseconds from when a call was due, not from when it was sent: waiting in the generator counts.</param>
internal sealed record LoadResult(long Answered, long Failed, double Seconds, HistogramBase Latencies)
{
    public double PerSecond => Answered / Seconds;

    public double Percentile(double percent) => Latencies.GetValueAtPercentile(percent);
}
