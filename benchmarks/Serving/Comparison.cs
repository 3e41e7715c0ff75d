using System.Diagnostics;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.Serving.Measurements;

namespace LeNetServe.Serving;

/// <summary>
/// Measures every figure that the server promises in one run: servers on core 0, callers on core 1. Each round measures all figures side by
/// side. The verdict is the median over the rounds, because a disturbance of the machine then disturbs one round only.
/// </summary>
internal static class Comparison
{
    private static readonly IMeasurement[] Measurements =
    [
        new Throughput(), new Connections(), new Latency(), new MetricsCost(), new Overload(), new HotSwaps(), new Footprint(),
    ];

    /// <summary>Gets the names of the measurements.</summary>
    public static IEnumerable<string> Names => Measurements.Select(each => each.GetType().Name);

    /// <summary>Prints the figures. Returns 0 if every target is met, else 4.</summary>
    public static async Task<int> RunAsync(string serverDll, string modelPath, bool quick, string? only)
    {
        // Not by taskset: on one core from its start, the runtime would not use the server's garbage collector for the callers.
        if (OperatingSystem.IsLinux())
            Process.GetCurrentProcess().ProcessorAffinity = 2;
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(modelPath));
        using var model = ClassifierModel.Open(folder, new() { Device = Device.Cpu });
        using var rig = await Rig.StartAsync(Path.GetFullPath(serverDll), folder, model.Facts, quick);
        var report = new Report();
        var rounds = quick ? 3 : 7;
        for (var round = 1; round <= rounds; round++)
            foreach (var measurement in Measurements.Where(each => only is null || each.GetType().Name == only))
            {
                await Console.Error.WriteLineAsync($"round {round} of {rounds}: {measurement.GetType().Name}");
                await measurement.MeasureAsync(rig, report);
            }
        return report.Write(Console.Out) ? 0 : 4;
    }
}
