using System.Diagnostics;
using System.Runtime.InteropServices;
using LeNetServe.Runs;
using LeNetServe.Trainer.Metrics;

namespace LeNetServe.Trainer.Tests.Training;

/// <summary>The program itself, stopped from outside.</summary>
public sealed partial class InterruptionTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private static readonly string[] Request =
        ["train", "--dataset", "strokes", "--validation", "0.6", "--optimizer", "muon", "--ema", "0.99", "--shift", "1", "--variant",
            "lenet5-bn", "--threads", "1"];

    [Fact]
    public async Task Train_KilledAtRandomMoments_EndsWithTheSameWeightsToTheBit()
    {
        using var directory = new TemporaryDirectory();
        var (whole, pieces) = (Path.Combine(directory.Path, "whole"), Path.Combine(directory.Path, "pieces"));
        await RunAsync(whole, epochs: 6);
        var epoch = TimeSpan.FromSeconds(new EpochFile<MetricsLine>(Only(whole).Metrics).Read().Average(line => line.Seconds));

        // First before there is any checkpoint, then in the middle of the epochs that follow one.
        var random = new Random(7);
        var kills = 0;
        for (var killed = true; killed; kills++)
        {
            using var process = Start(pieces, epochs: 6);
            await WaitForLineAsync(process, kills == 0 ? "" : "epoch ");
            killed = await KillAsync(process, epoch * random.NextDouble());
            Assert.True(kills == 0 || File.Exists(Path.Combine(Only(pieces).Checkpoint, "progress.json")), "no checkpoint after an epoch");
        }
        await RunAsync(pieces, epochs: 6);

        Assert.True(kills > 2, "no kill hit the training after a checkpoint");
        Assert.Equal(File.ReadAllBytes(Only(whole).Weights), File.ReadAllBytes(Only(pieces).Weights));
    }

    [Theory]
    [InlineData("golden.safetensors")]
    [InlineData("summary.json")]
    [InlineData("SHA256SUMS")]
    public async Task Train_KilledWhileItWritesTheFinalFiles_WritesThemAllOnTheNextStart(string file)
    {
        using var directory = new TemporaryDirectory();
        var written = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(directory.Path) { IncludeSubdirectories = true };
        watcher.Renamed += (_, change) =>
        {
            if (Path.GetFileName(change.Name) == file)
                written.TrySetResult();
        };
        watcher.EnableRaisingEvents = true;
        using (var process = Start(directory.Path, epochs: 1))
        {
            await Task.WhenAny(written.Task, process.WaitForExitAsync(TestContext.Current.CancellationToken));
            await KillAsync(process, TimeSpan.Zero);
        }
        var weights = File.ReadAllBytes(Only(directory.Path).Weights);

        var output = await RunAsync(directory.Path, epochs: 1);

        Assert.DoesNotContain("epoch 1/1", output, StringComparison.Ordinal);
        Assert.True(Only(directory.Path).IsFinished);
        Assert.True(RunChecksums.Verify(Only(directory.Path)));
        Assert.Equal(weights, File.ReadAllBytes(Only(directory.Path).Weights));
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task Train_ASignal_SavesAndSaysHowToGoOn(int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are sent as on Linux");
        using var directory = new TemporaryDirectory();
        using var process = Start(directory.Path, epochs: 30);
        await WaitForLineAsync(process, "epoch ");

        Assert.Equal(0, Kill(process.Id, signal));
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((int)ExitCode.Interrupted, process.ExitCode);
        Assert.Contains("The same command goes on from there", error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Only(directory.Path).Checkpoint, "progress.json")));
    }

    private static async Task<string> RunAsync(string runs, int epochs)
    {
        using var process = Start(runs, epochs);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }

    /// <summary>Reads on to a line that begins so, or to the end.</summary>
    private static async Task WaitForLineAsync(Process process, string start)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.StartsWith(start, StringComparison.Ordinal))
        {
        }
    }

    /// <summary>Kills the process unless it ends before the moment.</summary>
    /// <returns>It was killed.</returns>
    private static async Task<bool> KillAsync(Process process, TimeSpan moment)
    {
        using var over = new CancellationTokenSource(moment);
        try
        {
            await process.WaitForExitAsync(over.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return true;
        }
    }

    private static RunDirectory Only(string runs) => new(Assert.Single(Directory.GetDirectories(runs)));

    // A shell's background job, and all that it starts, ignores Ctrl-C: env takes that back.
    private static Process Start(string runs, int epochs)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "LeNetServe.Trainer.dll"), .. Request, "--epochs", $"{epochs}",
            "--out", runs];
        if (OperatingSystem.IsLinux())
            command = ["env", "--default-signal=INT", .. command];
        return Process.Start(
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
