using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Api.Health;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Api.OpenInference;
using LeNetServe.InferenceServer.Api.Page;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Wires the server's parts; Program.cs and the tests start the same server through this.</summary>
internal static class ServerExtensions
{
    public static void AddServer(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);
        // Hosting makes an activity and a log scope, 1.5 KB, for every request as long as anything at all could be logged under this name.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // stdout is the announcement's: scripts read it line by line.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddListeners(options);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Shutdown.DrainDelay + options.Shutdown.Timeout);
        services.AddSingleton<ServerLifecycle>();
        services.AddServerMetrics(options.Telemetry);
        services.AddModels(options.Models, options.Loading);
        services.AddPipeline(options.Pipeline, options.Limits);
        services.AddClassifier(options.Limits);
        services.AddRest(options.Listen.Origins);
        services.AddServerHealth();
        services.AddOpenInference();
        services.AddSecurity(options.Security);
        services.AddTelemetry(options.Telemetry);
        services.AddHostedService<DrainService>();
    }

    /// <summary>Says on stdout where the server listens and when it is ready.</summary>
    public static void AddAnnouncement(this WebApplicationBuilder builder) => builder.Services.AddHostedService<ServerAnnouncement>();

    public static void MapServer(this WebApplication app, ServerOptions options)
    {
        app.UseRest(options.Listen.Origins);
        app.UseSecurity();
        app.UseUnknownCalls();
        app.MapClassifier();
        app.MapRest();
        app.MapOpenInference();
        app.MapServerHealth();
        app.MapServerMetrics();
        if (options.Page == PageSwitch.On)
            app.MapPage();
        app.MapGrpcReflectionService().WithAccess(AccessRule.Reflection);
    }
}
