using System.Diagnostics;

namespace LeNetServe.BatchScorer.Benchmarks;

/// <summary>From the start of the process to its first row on standard output.</summary>
internal static class ColdStart
{
    private const int MostMilliseconds = 400;

    public static async Task<int> Measure(string program, string model, string image, int rounds)
    {
        var times = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            using var process = Process.Start(
                new ProcessStartInfo(program, ["score", image, "-m", model, "-o", "-", "-q"]) { RedirectStandardOutput = true })!;
            var row = await process.StandardOutput.ReadLineAsync();
            var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            await process.WaitForExitAsync();
            if (row is null || process.ExitCode != 0)
                throw new InvalidOperationException($"{program} gave no row, exit code {process.ExitCode}");
            if (round > 0)
                times.Add(elapsed);
        }
        times.Sort();
        var median = times[times.Count / 2];
        Console.WriteLine(
            $"start to first row, {rounds} rounds: median {median:0} ms (target: under {MostMilliseconds} ms), best {times[0]:0} ms, "
            + $"worst {times[^1]:0} ms");
        return median < MostMilliseconds ? 0 : (int)ExitCode.CheckFailed;
    }
}
