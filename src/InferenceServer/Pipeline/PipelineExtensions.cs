using LeNetServe.InferenceServer.Metrics;

namespace LeNetServe.InferenceServer.Pipeline;

/// <summary>Wires the pipeline.</summary>
internal static class PipelineExtensions
{
    public static IServiceCollection AddPipeline(this IServiceCollection services, PipelineOptions options) => services
        .AddSingleton(provider => CreateSlots(options, provider.GetRequiredService<ServerMetrics>()))
        .AddSingleton<InferencePipeline>();

    private static RunSlots CreateSlots(PipelineOptions options, ServerMetrics metrics)
    {
        var slots = new RunSlots(options.Concurrency, options.QueueLength);
        metrics.AddGauge("lenetserve_queue_length", "Requests that wait for a place", () => slots.Waiting);
        metrics.AddGauge("lenetserve_running", "Requests being worked on", () => slots.Busy);
        return slots;
    }
}
