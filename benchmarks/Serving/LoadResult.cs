using HdrHistogram;

namespace LeNetServe.Serving;

/// <summary>The answers of a load and their times.</summary>
/// <param name="Answered">The number of good answers.</param>
/// <param name="Refused">The number of calls that a full server rejected (RESOURCE_EXHAUSTED).</param>
/// <param name="Failed">The number of calls that failed in another way.</param>
/// <param name="Seconds">The duration of the load.</param>
/// <param name="Latencies">
/// Microseconds from the moment at which a call was due until its good answer. So the time in the generator counts as well.
/// </param>
/// <param name="Refusals">Microseconds from the moment at which a call was due until its refusal.</param>
/// <param name="Lateness">Microseconds from the moment at which a call of an open load was due until the generator sent it.</param>
internal sealed record LoadResult(
    long Answered, long Refused, long Failed, double Seconds,
    HistogramBase Latencies, HistogramBase Refusals, HistogramBase Lateness)
{
    public double PerSecond => Answered / Seconds;

    public double Mean => Latencies.GetMean();

    public double Percentile(double percent) => Latencies.GetValueAtPercentile(percent);
}
