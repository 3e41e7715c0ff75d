using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>Wires the pipeline.</summary>
internal static class PipelineExtensions
{
    public static IServiceCollection AddPipeline(this IServiceCollection services, PipelineOptions options) => services
        .AddSingleton(provider => CreateSlots(options, provider.GetRequiredService<ServerMetrics>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(_ => new RunThreads(options.Concurrency))
        .AddSingleton<InferencePipeline>()
        .AddHostedService<PoolTrimmer>();

    private static RunSlots CreateSlots(PipelineOptions options, ServerMetrics metrics, TimeProvider time)
    {
        var slots = new RunSlots(options.Concurrency, options.QueueLength, time);
        metrics.AddGauge("lenetserve_queue_length", "Requests that wait for a place", () => slots.Waiting);
        metrics.AddGauge("lenetserve_running", "Requests being worked on", () => slots.Busy);
        return slots;
    }
}
