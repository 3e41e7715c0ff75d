using System.Diagnostics;
using System.Runtime.InteropServices;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Invocation;

public sealed partial class InterruptTests : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(Interrupt, "scores.jsonl", "nothing was published; --out FOLDER makes a job that can be resumed")]
    [InlineData(Terminate, "scores.jsonl", "nothing was published; --out FOLDER makes a job that can be resumed")]
    [InlineData(Interrupt, "job", "the same command goes on from there")]
    public async Task Score_ASignalWhileItWaitsForMorePaths_StopsCleanlyAndSaysHowToGoOn(int signal, string output, string advice)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are sent as on Linux");
        var model = Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["images"], perClass: 5);
        // A shell's background job, and all that it starts, ignores Ctrl-C: env takes that back.
        using var process = Process.Start(new ProcessStartInfo(
            "env", ["--default-signal=INT", "dotnet", BuiltProgram.PathOf("BatchScorer"), "score", "-", "-m", model, "-o", output,
                "--json"])
        {
            WorkingDirectory = directory.Path,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        var cancellation = TestContext.Current.CancellationToken;
        foreach (var file in Directory.GetFiles(directory["images"], "*", SearchOption.AllDirectories))
            await process.StandardInput.WriteLineAsync(file.AsMemory(), cancellation);
        await process.StandardInput.FlushAsync(cancellation);
        // The first progress says that scoring has begun; the list stays open, so it cannot end by itself.
        Assert.StartsWith("{\"images\":", await process.StandardError.ReadLineAsync(cancellation));

        Assert.Equal(0, Kill(process.Id, signal));
        var said = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);

        Assert.Equal((int)ExitCode.Interrupted, process.ExitCode);
        Assert.Matches($"^stopped after [0-9]+ images[,;] {advice}\n$", said);
        Assert.Empty(Directory.GetFiles(directory.Path));
        Assert.False(File.Exists(directory["job", "job.json"]));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
