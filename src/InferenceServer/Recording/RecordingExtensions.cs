using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>Registers the metrics of the server and of the process.</summary>
internal static class RecordingExtensions
{
    private const string Setting = "Telemetry:Metrics";

    public static IServiceCollection AddServerMetrics(this IServiceCollection services, TelemetryOptions options) =>
        services.AddSingleton(provider =>
        {
            var metrics = new ServerMetrics(provider.GetRequiredService<TimeProvider>(), options.Metrics);
            AddProcessGauges(metrics);
            if (provider.GetService<IConfiguration>() is { } configuration)
                ChangeToken.OnChange(configuration.GetReloadToken, () => Switch(metrics.Recording, configuration[Setting]));
            return metrics;
        });

    // benchmarks/Serving lets .NET read the files of the settings again when they change.
    private static void Switch(RecordingSwitch recording, string? setting)
    {
        if (bool.TryParse(setting, out var isOn))
            recording.IsOn = isOn;
    }

    private static void AddProcessGauges(ServerMetrics metrics)
    {
        metrics.AddGauge("process_resident_memory_bytes", "Resident memory", () => Environment.WorkingSet);
        metrics.AddGauge("process_cpu_seconds_total", "Processor time used", () => Environment.CpuUsage.TotalTime.TotalSeconds);
        metrics.AddGauge("process_start_time_seconds", "Start, seconds since 1970",
            () => new DateTimeOffset(Process.GetCurrentProcess().StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1e3);
        metrics.AddGauge("dotnet_gc_heap_bytes", "Managed memory in use", () => GC.GetTotalMemory(false));
        metrics.AddGauge("dotnet_gc_allocated_bytes_total", "Managed memory ever allocated", () => GC.GetTotalAllocatedBytes());
        metrics.AddGauge("dotnet_gc_pause_seconds_total", "Time in garbage collection pauses",
            () => GC.GetTotalPauseDuration().TotalSeconds);
        metrics.AddGauge("dotnet_threadpool_queue_length", "Work items that wait for a thread", () => ThreadPool.PendingWorkItemCount);
    }
}
