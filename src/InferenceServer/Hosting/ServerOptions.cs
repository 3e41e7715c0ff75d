using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>All settings, read and checked at start.</summary>
internal sealed record ServerOptions
{
    /// <summary>Gets the device of the models.</summary>
    public required Device Device { get; init; }

    /// <summary>Gets the addresses that the server listens on.</summary>
    public required ListenerOptions Listen { get; init; }

    /// <summary>Gets the options of the models.</summary>
    public required RepositoryOptions Models { get; init; }

    /// <summary>Gets the options of the pipeline.</summary>
    public required PipelineOptions Pipeline { get; init; }

    /// <summary>Gets the limits on requests.</summary>
    public required LimitOptions Limits { get; init; }

    /// <summary>Gets the options of access to the server.</summary>
    public required SecurityOptions Security { get; init; }

    /// <summary>Gets the options of traces and metrics.</summary>
    public required TelemetryOptions Telemetry { get; init; }

    /// <summary>Gets the options of the log of images.</summary>
    public required ImageLogOptions ImageLog { get; init; }

    /// <summary>Gets the format of the log.</summary>
    public required LogFormat LogFormat { get; init; }

    /// <summary>Gets the options of the server's end.</summary>
    public required ShutdownOptions Shutdown { get; init; }

    /// <summary>Gets the way in which versions are opened.</summary>
    public LoadingOptions Loading => new()
    {
        Device = Device,
        IntraOpThreads = Pipeline.IntraOpThreads,
        MaxDeviceBatch = Pipeline.MaxDeviceBatch,
        MaxImagePixels = Limits.MaxImagePixels,
    };

    /// <summary>Gets the switch of the page at the root.</summary>
    public required Switch Page { get; init; }

    /// <summary>Gets the folder of runs that the page shows as films; null for none.</summary>
    public required string? Runs { get; init; }

    /// <summary>Reads all settings. The reader collects the faults.</summary>
    public static ServerOptions Read(SettingsReader reader)
    {
        var options = new ServerOptions
        {
            Device = reader.Choice(
                "Device", Device.Auto, "Device of the models; cuda fails at start if it is missing, auto then takes the CPU"),
            Listen = ListenerOptions.Read(reader),
            Models = RepositoryOptions.Read(reader),
            Pipeline = PipelineOptions.Read(reader),
            Limits = LimitOptions.Read(reader),
            Security = SecurityOptions.Read(reader),
            Telemetry = TelemetryOptions.Read(reader),
            ImageLog = ImageLogOptions.Read(reader),
            Shutdown = ShutdownOptions.Read(reader),
            Page = reader.Choice("Page", Switch.On, "The page at / that draws, classifies and shows the models"),
            Runs = ReadRuns(reader),
            LogFormat = reader.Choice("Logging:Format", LogFormat.Text, "Format of the log on stderr"),
        };
        reader.Table(
            "Logging:LogLevel", "trace, debug, information, warning, error, critical or none", "Least level of a category's events");
        return options;
    }

    private static string? ReadRuns(SettingsReader reader)
    {
        var folder = reader.Path("Runs", null, "Folder of trainings that the page shows as films", "an existing folder");
        if (folder is not null && !Directory.Exists(folder))
            reader.Fault($"Runs is \"{folder}\", expected an existing folder{NearestName.HintOfPath(folder)}");
        return folder;
    }
}
