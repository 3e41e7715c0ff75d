using System.Diagnostics;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.V1;

namespace LeNetServe.Serving.Strangers;

/// <summary>
/// Mixes good, bad and hostile traffic near the capacity of a server on core 0. The good traffic runs alone and beside the other traffic in
/// turns, so that a disturbance of the machine meets both.
/// </summary>
internal static class SoakCommand
{
    private const double Share = 0.5;
    private const double Alone = 10;
    private const double Beside = 30;
    private const double MostGrowth = 30;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(2);

    // Answers that blame the server. 501 and 503 are those of what is not offered and not served.
    private static readonly string[] ServerFaults = ["Unknown", "Internal", "DataLoss", "500", "502", "504"];

    /// <summary>Prints the figures. Returns 0 if the server keeps every promise, else 1.</summary>
    public static async Task<int> RunAsync(string serverDll, string modelFolder, double minutes)
    {
        if (OperatingSystem.IsLinux())
            Process.GetCurrentProcess().ProcessorAffinity = 2;
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(modelFolder));
        var name = Path.GetFileName(Path.GetDirectoryName(folder)!);
        using var model = ClassifierModel.Open(folder, new() { Device = Device.Cpu });
        using var server = await ServerProcess.ServeAsync(
            Path.GetFullPath(serverDll), Path.GetDirectoryName(Path.GetDirectoryName(folder)!)!, pinned: true);
        using var good = new LoadGenerator(server.Grpc);
        var request = new ClassifyRequest { Model = name, Image = Images.Of(LoadKind.Pixels, model.Facts) };
        await good.WarmAsync(LoadKind.Pixels, request, Rig.Callers);
        var capacity = (await good.ClosedAsync(LoadKind.Pixels, request, Rig.Callers, Alone)).PerSecond;
        await using (var warmUp = new StrangersProcess(server, name, Alone))
            await good.PacedAsync(request, Share * capacity, Alone);
        var before = await RestAsync(server, null);

        var report = new Report();
        var answers = new Dictionary<(string Kind, string Answer), int>();
        var failed = 0L;
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started).TotalMinutes < minutes)
        {
            var alone = await good.PacedAsync(request, Share * capacity, Alone);
            await using var strangers = new StrangersProcess(server, name, Beside);
            var beside = await good.PacedAsync(request, Share * capacity, Beside);
            foreach (var (key, count) in await strangers.AnswersAsync())
                answers[key] = answers.GetValueOrDefault(key) + count;
            failed += alone.Failed + alone.Refused + beside.Failed + beside.Refused;
            report.Add("good calls alone: p99, ms", alone.Percentile(99) / 1e3);
            report.Add("good calls beside strangers: p99, ms", beside.Percentile(99) / 1e3);
            report.AtMost("p99 beside strangers / alone", beside.Percentile(99) / alone.Percentile(99), 2);
            report.Add("good calls a second", beside.PerSecond);
        }
        var after = await RestAsync(server, before);

        foreach (var ((kind, answer), count) in answers.OrderBy(entry => entry.Key))
            Console.WriteLine($"{kind,-20} {answer,-24} {count}");
        report.Add("capacity, calls/s", capacity);
        report.Never("good calls without an answer", failed);
        var blamed = answers.Where(entry => ServerFaults.Contains(entry.Key.Answer)).Sum(entry => entry.Value);
        report.Never("faults of strangers that were answered as the server's", blamed);
        report.Never("server ended", server.HasEnded ? 1 : 0);
        report.Add("resident memory before, MB", before.Memory / 1e6);
        report.AtMost("resident memory afterwards, MB more", (after.Memory - before.Memory) / 1e6, MostGrowth);
        report.AtMost("descriptors more", after.Descriptors - before.Descriptors, 0);
        report.AtMost("threads more", after.Threads - before.Threads, 0);
        return report.Write(Console.Out) ? 0 : 1;
    }

    /// <summary>
    /// Waits until the server holds no more than it did, at most two minutes. Threads and connections take a while to end.
    /// </summary>
    private static async Task<Footprint> RestAsync(ServerProcess server, Footprint? goal)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(goal is null ? 40 : 5));
            var (descriptors, threads) = server.Handles();
            var now = new Footprint(await server.MemoryAsync(), descriptors, threads);
            if (goal is null || Stopwatch.GetElapsedTime(started) > LongestRest || (now.Memory <= goal.Memory + (MostGrowth * 1e6)
                && now.Descriptors <= goal.Descriptors && now.Threads <= goal.Threads))
                return now;
        }
    }

    private sealed record Footprint(double Memory, int Descriptors, int Threads);
}
