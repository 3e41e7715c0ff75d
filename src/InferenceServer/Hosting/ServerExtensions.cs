using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Api.Health;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Api.OpenInference;
using LeNetServe.InferenceServer.Api.Page;
using LeNetServe.InferenceServer.Api.Reference;
using LeNetServe.InferenceServer.Api.Runs;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting.Systemd;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Registers and maps the parts of the server, for Program.cs and the tests.</summary>
internal static class ServerExtensions
{
    public static void AddServer(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Logging.AddLogFilters();
        builder.AddListeners(options);
        var services = builder.Services;
        KestrelLog.Use(services);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Shutdown.DrainDelay + options.Shutdown.Timeout);
        services.AddCalls(options);
        services.AddTelemetry(options.Telemetry);
        services.AddHostedService<MemoryReturn>();
    }

    /// <summary>Adds the models and the calls: everything that does not belong to the program, such as listeners and log.</summary>
    public static void AddCalls(this IServiceCollection services, ServerOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ServerLifecycle>();
        services.AddServerMetrics(options.Telemetry);
        services.AddImageLog(options.ImageLog);
        services.AddModels(options.Models, options.Loading);
        services.AddPipeline(options.Pipeline, options.Limits);
        services.AddClassifier(options.Limits);
        services.AddRest(options.Listen.Origins);
        services.AddServerHealth();
        services.AddOpenInference();
        services.AddSecurity(options.Security);
        services.AddHostedService<DrainService>();
        services.AddHostedService<SettingsNotes>();
    }

    /// <summary>Adds the announcement on stdout and to systemd.</summary>
    public static void AddAnnouncement(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>().AddHostedService<ServerAnnouncement>();

    public static void MapServer(this WebApplication app, ServerOptions options)
    {
        app.UseLastAnswers();
        app.UseConnectionPlaces();
        app.UseRest(options.Listen.Origins);
        app.UseSecurity();
        app.UseUnknownCalls();
        app.UseGrpcRules();
        app.UseKnownQueries();
        app.MapClassifier();
        app.MapRest();
        app.MapOpenInference();
        app.MapServerHealth();
        app.MapServerMetrics();
        app.MapOpenApi();
        app.MapRuns(options.Runs);
        if (options.Page == Switch.On)
        {
            app.MapPage();
            app.MapReference();
        }
        app.MapGrpcReflectionService().WithAccess(AccessRule.Reflection);
    }
}
