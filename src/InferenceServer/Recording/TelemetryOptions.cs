using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>Where traces and metrics are sent to. OpenTelemetry's own variables (OTEL_…) hold for whatever is not said here.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Requests are counted and timed, for <c>/metrics</c>, statistics and OTLP. Off only to see what that costs; in appsettings.json it may change while the server runs.</summary>
    public bool Metrics { get; init; } = true;

    /// <summary>An OTLP collector, such as <c>http://localhost:4317</c>; null: nothing is sent and nothing is recorded for it.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>How it speaks.</summary>
    public OtlpProtocol Protocol { get; init; } = OtlpProtocol.Grpc;

    /// <summary>Share of the requests that are traced, 0..1; a caller's own decision goes first. Each traced request costs some microseconds.</summary>
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>How often metrics are sent.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(30);

    public static TelemetryOptions Read(SettingsReader reader)
    {
        var defaults = new TelemetryOptions();
        var endpoint = reader.Text("Telemetry:OtlpEndpoint", null, "OTLP collector that traces and metrics are sent to, such as http://localhost:4317; nothing is sent without it", "an http or https URL");
        Uri? parsed = null;
        if (endpoint is not null && (!Uri.TryCreate(endpoint, UriKind.Absolute, out parsed) || parsed.Scheme is not ("http" or "https")))
            reader.Fault($"Telemetry:OtlpEndpoint is \"{endpoint}\", expected an http or https URL");
        var ratio = reader.Integer("Telemetry:TracesPerMille", (int)(defaults.TraceRatio * 1000), 0, 1000, "So many of 1000 requests are traced; a caller's own decision goes first");
        return new()
        {
            Metrics = reader.Flag("Telemetry:Metrics", defaults.Metrics, "Requests are counted and timed; false only to see what that costs"),
            OtlpEndpoint = parsed,
            Protocol = reader.Choice("Telemetry:Protocol", defaults.Protocol, "How the collector speaks"),
            TraceRatio = ratio / 1000.0,
            MetricsInterval = reader.Duration("Telemetry:MetricsInterval", defaults.MetricsInterval, TimeSpan.FromHours(1), "How often metrics are sent"),
        };
    }
}
