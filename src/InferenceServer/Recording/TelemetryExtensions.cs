using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>Wires OpenTelemetry. Without a collector nothing of it is even loaded.</summary>
internal static class TelemetryExtensions
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        if (options.OtlpEndpoint is not null)
            AddOtlp(services, options, options.OtlpEndpoint);
        return services;
    }

    private static void AddOtlp(IServiceCollection services, TelemetryOptions options, Uri endpoint)
    {
        void Target(OtlpExporterOptions exporter, string signal)
        {
            exporter.Protocol = options.Protocol == OtlpProtocol.Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            // Over HTTP each signal has its own path, which the exporter adds only to an endpoint of its own.
            exporter.Endpoint = options.Protocol == OtlpProtocol.Http ? new(endpoint, $"/v1/{signal}") : endpoint;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("lenetserve", serviceVersion: typeof(TelemetryExtensions).Assembly.GetName().Version?.ToString(3)))
            .WithTracing(tracing => tracing
                .AddSource(ServerInstruments.SourceName)
                .AddAspNetCoreInstrumentation()
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceRatio)))
                .AddOtlpExporter(exporter => Target(exporter, "traces")))
            .WithMetrics(metrics => metrics
                .AddMeter(ServerInstruments.MeterName)
                .AddAspNetCoreInstrumentation()
                .AddOtlpExporter((exporter, reader) =>
                {
                    Target(exporter, "metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)Math.Max(100, options.MetricsInterval.TotalMilliseconds);
                }));
    }
}
