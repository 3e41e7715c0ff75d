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

    /// <summary>Gets a sentence for each setting that changes nothing beside the others.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    // Longer than the limit of each file of tokens or certificates together.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Reads all settings. The reader collects the faults.</summary>
    /// <exception cref="IOException">The path of a setting is on a file system that does not answer.</exception>
    public static ServerOptions Read(SettingsReader reader)
    {
        try
        {
            return LoadingThreads.Within(Patience, () => ReadAll(reader));
        }
        catch (TimeoutException exception)
        {
            throw new IOException($"{reader.Settings[^1].Key} is on a file system that does not answer: {exception.Message}");
        }
    }

    private static ServerOptions ReadAll(SettingsReader reader)
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
        CheckLevels(reader);
        reader.Needs(options.Device != Device.Cpu, "a CUDA device", "Pipeline:MaxDeviceBatch");
        reader.Needs(options.Device != Device.Cuda, "the device cpu", "Pipeline:MaxBatch");
        return options with { Notes = reader.Notes };
    }

    private static void CheckLevels(SettingsReader reader)
    {
        const string Key = "Logging:LogLevel";
        const string Allowed = "trace, debug, information, warning, error, critical or none";
        foreach (var (category, level) in reader.Table(Key, Allowed, "Least level of a category's events"))
            if (!Enum.GetNames<LogLevel>().Contains(level, StringComparer.OrdinalIgnoreCase))
                reader.Fault($"{Key}:{category} is \"{level}\", expected {Allowed}");
    }

    private static string? ReadRuns(SettingsReader reader)
    {
        var folder = reader.Path("Runs", null, "Folder of trainings that the page shows as films", "an existing folder");
        if (folder is not null && !Directory.Exists(folder))
            reader.Fault($"Runs is \"{folder}\", expected an existing folder{NearestName.HintOfPath(folder)}");
        return folder;
    }
}
