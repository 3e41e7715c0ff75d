using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LeNetServe.InferenceServer.Metrics;

/// <summary>The same figures as OpenTelemetry instruments; they cost one check each as long as nobody listens.</summary>
internal sealed class ServerInstruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "LeNetServe.InferenceServer";

    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _request, _decode, _queue, _inference;
    private readonly Counter<long> _images;

    public ServerInstruments()
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. PhaseHistogram.Bounds.ToArray().Select(bound => bound / 1e6)] };
        _request = _meter.CreateHistogram("lenetserve.request.duration", "s", "The whole request", null, advice);
        _decode = _meter.CreateHistogram("lenetserve.decode.duration", "s", "From the encoded image to pixels", null, advice);
        _queue = _meter.CreateHistogram("lenetserve.queue.duration", "s", "Waiting for a place at the model", null, advice);
        _inference = _meter.CreateHistogram("lenetserve.inference.duration", "s", "Inside the model", null, advice);
        _images = _meter.CreateCounter<long>("lenetserve.images", "{image}", "Images answered");
    }

    public void Record(ModelMetrics model, RequestOutcome outcome, int images, in RequestPhases phases)
    {
        if (!_request.Enabled)
            return;
        var tags = new TagList
        {
            { "lenetserve.model", model.Model },
            { "lenetserve.version", model.Version },
            { "lenetserve.outcome", PrometheusText.Name(outcome) },
        };
        _request.Record(Seconds(phases.Total), tags);
        _decode.Record(Seconds(phases.Decode), tags);
        _queue.Record(Seconds(phases.Queue), tags);
        _inference.Record(Seconds(phases.Inference), tags);
        if (images > 0)
            _images.Add(images, tags);
    }

    public void Dispose() => _meter.Dispose();

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
