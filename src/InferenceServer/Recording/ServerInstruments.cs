using System.Diagnostics;
using System.Diagnostics.Metrics;
using LeNetServe.InferenceServer.Errors;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>The same figures as OpenTelemetry instruments and spans; each costs one check as long as nobody listens.</summary>
internal sealed class ServerInstruments : IDisposable
{
    public const string MeterName = "LeNetServe.InferenceServer";

    /// <summary>Name of the source of spans.</summary>
    public const string SourceName = MeterName;

    private static readonly ActivitySource Source = new(SourceName);
    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> request, decode, queue, inference;
    private readonly Counter<long> answered;

    public ServerInstruments()
    {
        var bounds = PhaseHistogram.Bounds.ToArray().Select(bound => bound / 1e6);
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. bounds] };
        request = meter.CreateHistogram("lenetserve.request.duration", "s", "The whole request", null, advice);
        decode = meter.CreateHistogram("lenetserve.decode.duration", "s", "From the encoded image to pixels", null, advice);
        queue = meter.CreateHistogram("lenetserve.queue.duration", "s", "Waiting for a place at the model", null, advice);
        inference = meter.CreateHistogram("lenetserve.inference.duration", "s", "Inside the model", null, advice);
        answered = meter.CreateCounter<long>("lenetserve.images", "{image}", "Images answered");
    }

    /// <summary>Records a request that is over.</summary>
    public void Record(ModelMetrics model, RequestOutcome outcome, int images, in RequestPhases phases)
    {
        if (request.Enabled)
            Measure(model, outcome, images, phases);
        if (Source.HasListeners())
            Trace(model, outcome, images, phases);
    }

    public void Dispose() => meter.Dispose();

    private void Measure(ModelMetrics model, RequestOutcome outcome, int images, in RequestPhases phases)
    {
        var tags = new TagList
        {
            { "lenetserve.model", model.Model },
            { "lenetserve.version", model.Version },
            { "lenetserve.outcome", RequestOutcomes.Name(outcome) },
        };
        request.Record(Seconds(phases.Total), tags);
        decode.Record(Seconds(phases.Decode), tags);
        queue.Record(Seconds(phases.Queue), tags);
        inference.Record(Seconds(phases.Inference), tags);
        if (images > 0)
            answered.Add(images, tags);
    }

    // The span is made when all is known, with the times that were measured: queue, then decode, then inference.
    private static void Trace(ModelMetrics model, RequestOutcome outcome, int images, in RequestPhases phases)
    {
        var end = TimeProvider.System.GetUtcNow().UtcDateTime;
        var start = end - Span(phases.Total);
        using var span = Source.StartActivity("classify", ActivityKind.Internal, default(ActivityContext), startTime: start);
        if (span is null)
            return;
        span.SetTag("lenetserve.model", model.Model).SetTag("lenetserve.version", model.Version).SetTag("lenetserve.images", images);
        span.SetTag("lenetserve.outcome", RequestOutcomes.Name(outcome)).SetEndTime(end);
        if (outcome != RequestOutcome.Ok)
            span.SetStatus(ActivityStatusCode.Error);
        (string, long)[] parts = [("queue", phases.Queue), ("decode", phases.Decode), ("inference", phases.Inference)];
        foreach (var (name, ticks) in parts)
        {
            if (ticks == 0)
                continue;
            using var phase = Source.StartActivity(name, ActivityKind.Internal, span.Context, startTime: start);
            start += Span(ticks);
            phase?.SetEndTime(start);
        }
    }

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

    private static TimeSpan Span(long ticks) => TimeSpan.FromTicks(RequestPhases.Nanoseconds(ticks) / 100);
}
