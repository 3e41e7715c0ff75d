using System.Diagnostics;
using System.Runtime.InteropServices;
using LeNetServe.Runs;

namespace LeNetServe.Trainer.Tests.Training;

/// <summary>The program itself, stopped from outside.</summary>
public sealed partial class InterruptionTests
{
    private const int Terminate = 15;
    private static readonly string[] Request =
        ["train", "--dataset", "strokes", "--epochs", "3", "--ema", "0.99", "--shift", "1", "--variant", "lenet5-bn", "--threads", "1"];

    [Fact]
    public async Task Train_KilledAtRandomMoments_EndsWithTheSameWeightsToTheBit()
    {
        using var directory = new TemporaryDirectory();
        var started = Stopwatch.StartNew();
        await RunAsync(Path.Combine(directory.Path, "whole"));
        var whole = started.Elapsed;

        var random = new Random(7);
        var kills = 0;
        var pieces = Path.Combine(directory.Path, "pieces");
        while (kills < 6)
        {
            using var process = Start(pieces);
            using var moment = new CancellationTokenSource(whole * random.NextDouble());
            try
            {
                await process.WaitForExitAsync(moment.Token);
                break;
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                kills++;
            }
        }
        await RunAsync(pieces);

        Assert.True(kills > 0, "no kill hit the training");
        Assert.Equal(File.ReadAllBytes(Only(Path.Combine(directory.Path, "whole")).Weights), File.ReadAllBytes(Only(pieces).Weights));
    }

    [Fact]
    public async Task Train_Terminated_SavesAndSaysHowToGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "SIGTERM is not Windows'.");
        using var directory = new TemporaryDirectory();
        using var process = Start(directory.Path);
        // The first epoch's line says that training is under way.
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith("epoch 1/", StringComparison.Ordinal))
                break;

        Assert.Equal(0, Kill(process.Id, Terminate));
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("The same command goes on from there", error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Only(directory.Path).Checkpoint, "progress.json")));
    }

    private static async Task RunAsync(string runs)
    {
        using var process = Start(runs);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
    }

    private static RunDirectory Only(string runs) => new(Assert.Single(Directory.GetDirectories(runs)));

    private static Process Start(string runs) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "LeNetServe.Trainer.dll"), .. Request, "--out", runs])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
