using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>Registers the pipeline and its gauges.</summary>
internal static class PipelineExtensions
{
    public static IServiceCollection AddPipeline(this IServiceCollection services, PipelineOptions options, LimitOptions limits) => services
        .AddSingleton(options)
        .AddSingleton(limits)
        .AddSingleton<SlowWork>()
        .AddSingleton(provider =>
            AddGauges(ActivatorUtilities.CreateInstance<InferencePipeline>(provider), provider.GetRequiredService<ServerMetrics>()));

    private static InferencePipeline AddGauges(InferencePipeline pipeline, ServerMetrics metrics)
    {
        metrics.AddGauge("lenetserve_queue_length", "Requests that wait for a slot", () => pipeline.Waiting);
        metrics.AddGauge("lenetserve_running", "Requests being worked on",
            () => Math.Max(0, metrics.Models.Sum(model => model.Pending) - pipeline.Waiting));
        return pipeline;
    }
}
