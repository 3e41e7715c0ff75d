using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LeNetServe.InferenceServer.Metrics;

/// <summary>The same figures as OpenTelemetry instruments; they cost one check each as long as nobody listens.</summary>
internal sealed class ServerInstruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "LeNetServe.InferenceServer";

    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> request, decode, queue, inference;
    private readonly Counter<long> answered;

    public ServerInstruments()
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. PhaseHistogram.Bounds.ToArray().Select(bound => bound / 1e6)] };
        request = meter.CreateHistogram("lenetserve.request.duration", "s", "The whole request", null, advice);
        decode = meter.CreateHistogram("lenetserve.decode.duration", "s", "From the encoded image to pixels", null, advice);
        queue = meter.CreateHistogram("lenetserve.queue.duration", "s", "Waiting for a place at the model", null, advice);
        inference = meter.CreateHistogram("lenetserve.inference.duration", "s", "Inside the model", null, advice);
        answered = meter.CreateCounter<long>("lenetserve.images", "{image}", "Images answered");
    }

    public void Record(ModelMetrics model, RequestOutcome outcome, int images, in RequestPhases phases)
    {
        if (!request.Enabled)
            return;
        var tags = new TagList
        {
            { "lenetserve.model", model.Model },
            { "lenetserve.version", model.Version },
            { "lenetserve.outcome", PrometheusText.Name(outcome) },
        };
        request.Record(Seconds(phases.Total), tags);
        decode.Record(Seconds(phases.Decode), tags);
        queue.Record(Seconds(phases.Queue), tags);
        inference.Record(Seconds(phases.Inference), tags);
        if (images > 0)
            answered.Add(images, tags);
    }

    public void Dispose() => meter.Dispose();

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
