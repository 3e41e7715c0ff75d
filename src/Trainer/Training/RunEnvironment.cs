using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using LeNetServe.Datasets;

namespace LeNetServe.Trainer.Training;

/// <summary>The machine and the program that computed a run, <c>environment.json</c>.</summary>
internal sealed record RunEnvironment
{
    public required string Version { get; init; }

    public required string TorchSharp { get; init; }

    public required string Libtorch { get; init; }

    public required string Framework { get; init; }

    public required string System { get; init; }

    public required string Architecture { get; init; }

    public required string Processor { get; init; }

    public required int Processors { get; init; }

    public required int Threads { get; init; }

    public required string Device { get; init; }

    public required int Seed { get; init; }

    public required DatasetIdentity Dataset { get; init; }

    /// <summary>SHA-256 of each teacher's weights, by run id; absent without teachers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Teachers { get; init; }

    /// <summary>Describes this machine and program.</summary>
    public static RunEnvironment Capture(int threads, string device, int seed, RunInputs inputs) => new()
    {
        Version = ProductVersion.Text,
        TorchSharp = typeof(global::TorchSharp.torch).Assembly.GetName().Version!.ToString(3),
        Libtorch = global::TorchSharp.torch.__version__,
        Framework = RuntimeInformation.FrameworkDescription,
        System = RuntimeInformation.OSDescription,
        Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        Processor = ProcessorName(),
        Processors = Environment.ProcessorCount,
        Threads = threads,
        Device = device,
        Seed = seed,
        Dataset = inputs.Dataset,
        Teachers = inputs.Teachers,
    };

    private static string ProcessorName() => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[1].Trim() ?? "unknown"
        : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";
}
