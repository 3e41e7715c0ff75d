using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>The section <c>Telemetry</c>. OpenTelemetry's variables (OTEL_…) apply to everything that is not configured here.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>
    /// Gets a value indicating whether requests are counted and timed. In a configuration file it may change at run time.
    /// </summary>
    public bool Metrics { get; init; } = true;

    /// <summary>Gets the OTLP collector, such as <c>http://localhost:4317</c>; null for none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Gets the protocol of the collector.</summary>
    public OtlpProtocol Protocol { get; init; } = OtlpProtocol.Grpc;

    /// <summary>
    /// Gets the share of traced requests, 0..1; null if OTEL_TRACES_SAMPLER decides. A caller's own decision has priority. A traced request
    /// costs some microseconds.
    /// </summary>
    public double? TraceRatio { get; init; } = 0.01;

    /// <summary>Gets the interval between sent metrics; null if OTEL_METRIC_EXPORT_INTERVAL decides.</summary>
    public TimeSpan? MetricsInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets a value indicating whether OpenTelemetry's variables name a collector.</summary>
    public bool HasVariables { get; init; }

    public static TelemetryOptions Read(SettingsReader reader)
    {
        var defaults = new TelemetryOptions();
        var endpoint = reader.Text(
            "Telemetry:OtlpEndpoint",
            null,
            "OTLP collector of traces and metrics, such as http://localhost:4317; OTEL_EXPORTER_OTLP_ENDPOINT works as well",
            "an http or https URL");
        Uri? parsed = null;
        if (endpoint is not null && !OtelVariables.IsUrl(endpoint, out parsed))
            reader.Fault($"Telemetry:OtlpEndpoint is \"{endpoint}\", expected an http or https URL");
        OtelVariables.Check(reader);
        const string RatioKey = "Telemetry:TracesPerMille";
        const string IntervalKey = "Telemetry:MetricsInterval";
        const string ratio = "Number of traced requests out of 1000; a caller's own decision has priority";
        const string interval = "Interval between sent metrics";
        var perMille = reader.Integer(RatioKey, (int)(defaults.TraceRatio!.Value * 1000), 0, 1000, ratio);
        var each = reader.Duration(IntervalKey, defaults.MetricsInterval!.Value, TimeSpan.FromHours(1), interval);
        var hasVariables = OtelVariables.Endpoints.Any(reader.Has);
        reader.Needs(endpoint is not null || hasVariables, "Telemetry:OtlpEndpoint", RatioKey, IntervalKey);
        reader.Needs(endpoint is not null, "Telemetry:OtlpEndpoint", "Telemetry:Protocol");
        return new()
        {
            Metrics = reader.Flag("Telemetry:Metrics", defaults.Metrics, "Requests are counted and timed; false only to measure the cost"),
            OtlpEndpoint = parsed,
            Protocol = reader.Choice("Telemetry:Protocol", defaults.Protocol, "Protocol of the collector"),
            TraceRatio = reader.Has("OTEL_TRACES_SAMPLER") && !reader.Has(RatioKey) ? null : perMille / 1000.0,
            MetricsInterval = reader.Has("OTEL_METRIC_EXPORT_INTERVAL") && !reader.Has(IntervalKey) ? null : each,
            HasVariables = hasVariables,
        };
    }
}
