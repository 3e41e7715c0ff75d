using System.Diagnostics;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.EndToEnd.Tests;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;
using SkiaSharp;

namespace LeNetServe.BatchScorer.Tests.Deploy;

public sealed class SlurmTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Sbatch_AShardIsKilledAndRequeued_TheMergeGivesTheBytesOfASingleRun()
    {
        Assert.SkipUnless(await SlurmTakesJobs(), "no Slurm takes jobs here: bash .ci/slurm start");
        var model = Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["images"], perClass: 90);
        // Shard 1 is killed, the first time, when it has finished part 1. Its next part, with the rows 80 to 99, takes long beside the
        // looks for part 1.
        using var bitmap = new SKBitmap(3900, 3900, SKColorType.Gray8, SKAlphaType.Opaque);
        using var slow = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        for (var row = 80; row < 86; row++)
            File.WriteAllBytes(directory["images", "0", $"{row:000}.png"], slow.ToArray());
        File.WriteAllText(directory["scorer"], $"""
            #!/bin/bash
            dotnet '{BuiltProgram.PathOf("BatchScorer")}' "$@" & pid=$!
            if [ "$SLURM_ARRAY_TASK_ID" = 1 ] && mkdir '{directory["killed"]}' 2>/dev/null; then
              until [ -e '{directory["job"]}/parts/00000001.jsonl' ] || ! kill -0 $pid; do sleep 0.01; done
              kill -9 $pid
            fi
            wait $pid
            """);

        var logs = await Submit("--array=0-2", "--cpus-per-task=1", $"--output={directory.Path}/slurm-%a.log",
            Path.Combine(
                RepositoryTree.Root, "deploy", "slurm", "score.sbatch"), directory["images"], "--model", model, "--out", directory["job"],
                "--part-size", "20");
        (await BuiltProgram.Run("BatchScorer", directory.Path, "merge", directory["job"], "-q")).Expect(ExitCode.Success);
        (await BuiltProgram.Run(
            "BatchScorer", directory.Path, "score", directory["images"], "-m", model, "-o", "whole.jsonl", "-q")).Expect(ExitCode.Success);

        Assert.Contains("shard 1 ended with exit code 137; requeued (1)", logs);
        Assert.Contains("shard 1/3: 300 of 900 images", logs);
        Assert.Equal(File.ReadAllBytes(directory["whole.jsonl"]), File.ReadAllBytes(directory["job", "scores.jsonl"]));
    }

    [Fact]
    public async Task Sbatch_AWrongCommandLine_IsNotTriedAgain()
    {
        Assert.SkipUnless(await SlurmTakesJobs(), "no Slurm takes jobs here: bash .ci/slurm start");
        File.WriteAllText(directory["scorer"], $"exec dotnet '{BuiltProgram.PathOf("BatchScorer")}' \"$@\"\n");

        var logs = await Submit("--array=0-0", $"--output={directory.Path}/slurm-%a.log",
            Path.Combine(
                RepositoryTree.Root, "deploy", "slurm", "score.sbatch"), directory.Path, "--model", "nowhere", "--out", directory["job"]);

        Assert.Contains("error: nowhere: no such file or directory", logs);
        Assert.DoesNotContain("requeued", logs);
    }

    private async Task<string> Submit(params string[] arguments)
    {
        var start = new ProcessStartInfo("sbatch", ["--wait", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["LENETSERVE_SCORE"] = $"bash {directory["scorer"]}";
        var result = await BuiltProgram.Run(Process.Start(start)!);
        var logs = string.Concat(Directory.GetFiles(directory.Path, "slurm-*.log").Order(StringComparer.Ordinal).Select(File.ReadAllText));
        return result.Error + logs;
    }

    private static async Task<bool> SlurmTakesJobs()
    {
        try
        {
            var states = (await BuiltProgram.Run(BuiltProgram.Start("sinfo", ".", ["--noheader", "--format=%T"]))).Output;
            return ((string[])["idle", "mixed", "allocated", "completing"]).Any(state => states.Contains(state, StringComparison.Ordinal));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
