using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>Registers OpenTelemetry. Without a collector nothing of OpenTelemetry is loaded.</summary>
internal static class TelemetryExtensions
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        if (options.OtlpEndpoint is not null || options.HasVariables)
            AddOtlp(services, options);
        return services;
    }

    private static void AddOtlp(IServiceCollection services, TelemetryOptions options)
    {
        services.AddOpenTelemetry()
            // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so they have priority.
            .ConfigureResource(resource => resource
                .AddService("lenetserve", serviceVersion: ProductVersion.Text).AddEnvironmentVariableDetector())
            .WithTracing(tracing =>
            {
                tracing.AddSource(ServerInstruments.SourceName)
                    .AddAspNetCoreInstrumentation()
                    .AddOtlpExporter(exporter => SetTarget(exporter, options, "traces"));
                if (options.TraceRatio is { } ratio)
                    tracing.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)));
            })
            .WithMetrics(metrics => metrics
                .AddMeter(ServerInstruments.MeterName)
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddOtlpExporter((exporter, reader) =>
                {
                    SetTarget(exporter, options, "metrics");
                    if (options.MetricsInterval is { } interval)
                        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                            (int)Math.Max(100, interval.TotalMilliseconds);
                }));
    }

    // Without a setting the exporter reads the variables of OpenTelemetry.
    private static void SetTarget(OtlpExporterOptions exporter, TelemetryOptions options, string signal)
    {
        if (options.OtlpEndpoint is not { } endpoint)
            return;
        var isHttp = options.Protocol == OtlpProtocol.Http;
        exporter.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // Over HTTP each signal has a path of its own, which the exporter adds only to an endpoint from the variables.
        exporter.Endpoint = isHttp ? new(endpoint, $"/v1/{signal}") : endpoint;
    }
}
