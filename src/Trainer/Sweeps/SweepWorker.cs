using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using LeNetServe.Files;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>Starts this same program as the worker of one run.</summary>
internal static class SweepWorker
{
    /// <summary>
    /// Trains the run in a process of its own, whose output goes to <c>.sweep/ID.log</c> beside the runs. The worker's standard input is a
    /// pipe that ends with this process, however it ends. Then the worker saves and stops, so that nothing holds the run any longer.
    /// </summary>
    /// <returns>The exit code and the last line of standard error.</returns>
    public static async Task<(int Code, string Message)> RunAsync(
        PlannedRun run, string device, int threads, CancellationToken cancellationToken)
    {
        var root = Path.GetDirectoryName(run.Directory.Path)!;
        var files = Directory.CreateDirectory(Path.Combine(root, ".sweep")).FullName;
        var recipe = Path.Combine(files, $"{run.Directory.Id}.json");
        AtomicFile.WriteText(recipe, JsonSerializer.Serialize(ConfigPaths.Whole(run.Config), TrainerJson.TrainingConfig));
        string[] arguments =
        [
            // A variant's name, as given, is a part of the run's identity.
            "train", "--recipe", recipe, "--variant", run.Config.Variant, "--out", root, "--device", device, "--threads", $"{threads}",
            "--offline", "--quiet", "--stop-with-input",
        ];
        using var process = Start(arguments, threads);
        await using var log = new StreamWriter(Path.Combine(files, $"{run.Directory.Id}.log"), append: true) { AutoFlush = true };
        var last = "";
        var copying = Task.WhenAll(
            CopyAsync(process.StandardOutput, log, _ => { }),
            CopyAsync(process.StandardError, log, line => last = line));
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        await copying;
        return (process.ExitCode, last);
    }

    private static Process Start(IEnumerable<string> arguments, int threads)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is unknown");
        var host = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(program, host ? [Assembly.GetEntryAssembly()!.Location, .. arguments] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Two trainings side by side on one core's threads slow each other down many times when OpenMP's threads spin.
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        return Process.Start(start)!;
    }

    private static async Task CopyAsync(StreamReader from, StreamWriter to, Action<string> seen)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
                seen(line);
            lock (to)
                to.WriteLine(line);
        }
    }
}
