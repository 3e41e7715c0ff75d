namespace LeNetServe.InferenceServer.Recording;

/// <summary>Registers the log of images and its metrics.</summary>
internal static class ImageLogExtensions
{
    public static IServiceCollection AddImageLog(this IServiceCollection services, ImageLogOptions options) => services
        .AddSingleton(options)
        .AddSingleton(provider =>
            AddCounters(ActivatorUtilities.CreateInstance<ImageLog>(provider), provider.GetRequiredService<ServerMetrics>()))
        .AddHostedService(provider => provider.GetRequiredService<ImageLog>());

    private static ImageLog AddCounters(ImageLog log, ServerMetrics metrics)
    {
        metrics.AddGauge("lenetserve_logged_images_total", "Images written to the log of images", () => log.Logged);
        metrics.AddGauge("lenetserve_dropped_log_images_total", "Images drawn for the log and not written: its queue was full, or its disk",
            () => log.Dropped);
        return log;
    }
}
