using System.Diagnostics;
using System.Globalization;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.Serving;

/// <summary>
/// Echo, ONNX Runtime alone and the server, side by side in one run: servers on core 0, callers on core 1. Each round measures all of them, and the
/// verdict is the median over the rounds of the ratio within a round, so that what disturbs the machine disturbs both sides.
/// </summary>
internal static class Comparison
{
    private const int Callers = 32;

    public static async Task<int> RunAsync(string serverDll, string modelPath, int rounds, double seconds)
    {
        if (OperatingSystem.IsLinux())
            Process.GetCurrentProcess().ProcessorAffinity = 2;
        using var model = ClassifierModel.Open(modelPath, new() { Device = Device.Cpu });
        var own = typeof(Comparison).Assembly.Location;
        var folder = Path.GetFullPath(modelPath);
        var name = Path.GetFileName(Path.GetDirectoryName(folder)!);
        var repository = Path.GetDirectoryName(Path.GetDirectoryName(folder)!)!;
        using var echo = await PinnedProcess.StartAsync(false, own, "echo");
        using var server = await PinnedProcess.StartAsync(true, serverDll, "--Models:Path", repository, "--Models:Mode", "explicit", "--Models:Load", name, "--Listen:Address", "127.0.0.1", "--Listen:GrpcPort", "0", "--Listen:HttpPort", "0");
        using var toEcho = new LoadGenerator(echo.Grpc);
        using var toServer = new LoadGenerator(server.Grpc);
        var (pixels, png) = (Images.Of(LoadKind.Pixels, model.Facts), Images.Of(LoadKind.Png, model.Facts));
        await toEcho.ClosedAsync(LoadKind.Pixels, pixels, Callers, 3);
        await toServer.ClosedAsync(LoadKind.Pixels, pixels, Callers, 3);
        await toServer.ClosedAsync(LoadKind.Png, png, Callers, 3);

        var figures = new Dictionary<string, List<double>>();
        void Add(string figure, double value) => (figures.TryGetValue(figure, out var list) ? list : figures[figure] = []).Add(value);
        for (var round = 0; round < rounds; round++)
        {
            var ort = double.Parse(await PinnedProcess.OutputAsync(own, "ort", folder, seconds.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
            var (echoed, echoBytes) = await AllocatingAsync(echo, () => toEcho.ClosedAsync(LoadKind.Pixels, pixels, Callers, seconds));
            var (unary, unaryBytes) = await AllocatingAsync(server, () => toServer.ClosedAsync(LoadKind.Pixels, pixels, Callers, seconds));
            var stream = await toServer.ClosedAsync(LoadKind.Stream, pixels, Callers, seconds);
            var pictures = await toServer.ClosedAsync(LoadKind.Png, png, Callers, seconds);
            var loneEcho = await toEcho.ClosedAsync(LoadKind.Pixels, pixels, 1, seconds);
            var lone = await toServer.ClosedAsync(LoadKind.Pixels, pixels, 1, seconds);
            var openEcho = await toEcho.OpenAsync(pixels, unary.PerSecond / 2, seconds);
            var open = await toServer.OpenAsync(pixels, unary.PerSecond / 2, seconds);
            Add("echo, calls/s", echoed.PerSecond);
            Add("ONNX Runtime alone, images/s", ort);
            Add("Classify, calls/s", unary.PerSecond);
            Add("Classify / (1 / (1/echo + 1/ORT)), wanted 0.95 or more", unary.PerSecond * ((1 / echoed.PerSecond) + (1 / ort)));
            Add("stream / unary, wanted 1.5 or more", stream.PerSecond / unary.PerSecond);
            Add("PNG, calls/s", pictures.PerSecond);
            Add("one caller p50 less echo less inference, µs, wanted 15 or less", lone.Percentile(50) - loneEcho.Percentile(50) - (1e6 / ort));
            Add("p99.9 at half load / echo's, wanted 2 or less", open.Percentile(99.9) / openEcho.Percentile(99.9));
            Add("allocated per call, echo, bytes", echoBytes / echoed.Answered);
            Add("allocated per call, Classify, bytes", unaryBytes / unary.Answered);
            Add("failed calls", echoed.Failed + unary.Failed + stream.Failed + pictures.Failed + open.Failed);
        }
        foreach (var (figure, values) in figures)
            Console.WriteLine($"{figure}: {Median(values):0.###}   [{string.Join(", ", values.Select(value => value.ToString("0.##", CultureInfo.InvariantCulture)))}]");
        Console.WriteLine($"server's resident memory, MB: {await server.MetricAsync("process_resident_memory_bytes") / 1e6:0}");
        return 0;
    }

    private static async Task<(LoadResult Result, double Bytes)> AllocatingAsync(PinnedProcess server, Func<Task<LoadResult>> load)
    {
        var before = await server.MetricAsync("dotnet_gc_allocated_bytes_total");
        var result = await load();
        return (result, await server.MetricAsync("dotnet_gc_allocated_bytes_total") - before);
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
