using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Page;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>All that the user says, read and checked once at start.</summary>
internal sealed record ServerOptions
{
    /// <summary>Where models run.</summary>
    public required Device Device { get; init; }

    /// <summary>Where the server listens.</summary>
    public required ListenerOptions Listen { get; init; }

    /// <summary>What is served.</summary>
    public required RepositoryOptions Models { get; init; }

    /// <summary>How requests reach a model.</summary>
    public required PipelineOptions Pipeline { get; init; }

    /// <summary>What is refused for its size.</summary>
    public required LimitOptions Limits { get; init; }

    /// <summary>Who may talk to the server.</summary>
    public required SecurityOptions Security { get; init; }

    /// <summary>Where traces and metrics are sent to.</summary>
    public required TelemetryOptions Telemetry { get; init; }

    /// <summary>How the server ends.</summary>
    public required ShutdownOptions Shutdown { get; init; }

    /// <summary>Gets the way in which versions are opened.</summary>
    public LoadingOptions Loading => new()
    {
        Device = Device,
        IntraOpThreads = Pipeline.IntraOpThreads,
        MaxDeviceBatch = Pipeline.MaxDeviceBatch,
        MaxImagePixels = Limits.MaxImagePixels,
    };

    /// <summary>Whether there is a page at the root.</summary>
    public required PageSwitch Page { get; init; }

    /// <summary>Reads everything; the faults are the reader's.</summary>
    public static ServerOptions Read(SettingsReader reader) => new()
    {
        Device = reader.Choice("Device", Device.Auto, "Where models run; cuda fails at start where it is missing, auto then takes the CPU"),
        Listen = ListenerOptions.Read(reader),
        Models = RepositoryOptions.Read(reader),
        Pipeline = PipelineOptions.Read(reader),
        Limits = LimitOptions.Read(reader),
        Security = SecurityOptions.Read(reader),
        Telemetry = TelemetryOptions.Read(reader),
        Shutdown = ShutdownOptions.Read(reader),
        Page = reader.Choice("Page", PageSwitch.On, "The page at / that draws, classifies and shows the models"),
    };
}
