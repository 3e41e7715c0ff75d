using System.Diagnostics;

namespace LeNetServe.Trainer.Tests.Sweeps;

public sealed class SweepCommandTests : IDisposable
{
    private const int HangLimit = 300_000;
    private readonly string root = Directory.CreateTempSubdirectory("lenet-sweeps-").FullName;
    private readonly string runs;
    private readonly string[] arguments;

    public SweepCommandTests()
    {
        runs = Path.Combine(root, "runs");
        arguments = ["sweep", "--set", "dataset=folder", "--set", $"data={TinyPictures.Write(root)}",
            "--set", "epochs=2", "--set", "batch-size=4", "--set", "learning-rate=0.001,0.01",
            "--seeds", "1..3", "--out", runs, "--workers", "2"];
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact(Timeout = HangLimit)]
    public async Task Sweep_KilledInTheMiddle_RepeatsNoFinishedRun()
    {
        using (var first = TrainerProcess.Start(arguments))
        {
            // Finished runs are told line by line; the kill comes while others are being trained.
            while (await first.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
                && !line.StartsWith("[2/6]", StringComparison.Ordinal))
                Assert.DoesNotContain("failed", line, StringComparison.Ordinal);
            first.Kill();
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        var finished = Summaries();
        Assert.InRange(finished.Count, 2, 5);

        var (code, output, error) = await TrainerProcess.RunAsync(arguments);

        Assert.True(code == 0, output + error);
        Assert.Matches("[2-6] of 6 runs are finished already", output);
        Assert.Contains("6 of 6 runs are finished\nnext: lenetserve-train compare", output, StringComparison.Ordinal);
        var all = Summaries();
        Assert.Equal(6, all.Count);
        Assert.All(finished, pair => Assert.Equal(pair.Value, all[pair.Key]));
    }

    [Fact]
    public async Task Sweep_FaultyRun_IsTriedTwiceAndReported()
    {
        var (code, output, error) = await TrainerProcess.RunAsync(
            [.. arguments.Select(argument => argument == "1..3" ? "1" : argument), "--set", "learning-rate=0.01", "--device", "cuda"]);

        Assert.Equal(4, code);
        Assert.Contains("will be tried once more", output, StringComparison.Ordinal);
        Assert.Contains("0 of 1 run is finished", output, StringComparison.Ordinal);
        Assert.StartsWith("failed: pictures-", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_TwoShares_DoAllRunsBetweenThem()
    {
        for (var index = 0; index < 2; index++)
        {
            var (code, output, error) = await TrainerProcess.RunAsync(
                [.. arguments, "--set", "epochs=1", "--set", "learning-rate=0.01", "--index", $"{index}", "--count", "2"]);

            Assert.True(code == 0, output + error);
            Assert.Contains($"3 runs, share {index} of 2: {2 - index}", output, StringComparison.Ordinal);
        }

        Assert.Equal(3, Summaries().Count);
    }

    [Fact]
    public async Task Sweep_FinishedRunWhosePicturesChanged_IsAnError()
    {
        string[] one = [.. arguments, "--set", "epochs=1", "--set", "learning-rate=0.01", "--seeds", "1"];
        one = [.. one.Where((_, index) => index != Array.IndexOf(one, "1..3") && index != Array.IndexOf(one, "1..3") - 1)];
        var (code, output, error) = await TrainerProcess.RunAsync(one);
        Assert.True(code == 0, output + error);
        Assert.Matches("1 run, 2 at a time with 1 thread each, in .*\\s+pictures-\\S+ begins", output);

        File.Copy(Path.Combine(root, "pictures", "dark", "1.png"), Path.Combine(root, "pictures", "bright", "1.png"), overwrite: true);
        (code, _, error) = await TrainerProcess.RunAsync(one);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("was begun with data of SHA-256", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data=nowhere", "data is nowhere, which does not exist")]
    [InlineData("dataset=nowhere", "dataset is \"nowhere\", expected mnist")]
    public async Task Sweep_DataThatDoesNotExist_IsAnError(string set, string message)
    {
        var (code, _, error) = await TrainerProcess.RunAsync(["sweep", "--set", set, "--out", runs, "--dry-run"]);

        Assert.NotEqual(0, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_DryRun_ListsTheRunsAndTrainsNone()
    {
        var (code, output, _) = await TrainerProcess.RunAsync([.. arguments, "--dry-run"]);

        Assert.Equal(0, code);
        Assert.Equal(6, output.Split('\n').Count(line => line.StartsWith("open ", StringComparison.Ordinal)));
        Assert.False(Directory.Exists(runs));
    }

    [Fact(Timeout = HangLimit)]
    public async Task Sweep_Terminated_SavesAndLetsGoOfItsRuns()
    {
        string[] longer = [.. arguments, "--set", "epochs=100000"];
        using (var sweep = TrainerProcess.Start(longer))
        {
            await sweep.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            // A worker is training once its run has a line of metrics.
            while (Directory.GetFiles(root, "metrics.jsonl", SearchOption.AllDirectories).Length < 2)
                await Task.Delay(50, TestContext.Current.CancellationToken);
            using (var kill = Process.Start("kill", ["-TERM", $"{sweep.Id}"]))
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            await sweep.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(130, sweep.ExitCode);
        }

        Assert.All(Directory.GetDirectories(runs, "pictures-*"), run =>
        {
            Assert.False(LeNetServe.Trainer.Sweeps.Sweep.IsHeld(new(run)));
            Assert.True(File.Exists(Path.Combine(run, "checkpoint", "progress.json")));
        });
    }

    [Fact]
    public async Task Sweep_CommandsOfTheDocumentation_AreUnderstood()
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(Repository(), "docs", "experiments.md"), TestContext.Current.CancellationToken);
        var lines = text.Replace("\\\n", "", StringComparison.Ordinal).Split('\n')
            .Where(line => line.StartsWith("lenetserve-train sweep --set", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var (code, output, error) = await TrainerProcess.RunAsync([.. words[1..], "--dry-run"]);
            Assert.True(code == 0, $"{line}: {output}{error}");
        }
    }

    [Fact(Timeout = HangLimit)]
    public async Task Sbatch_ArrayOfTwoTasks_DoesAllRuns()
    {
        Assert.SkipUnless(await SlurmTakesJobsAsync(), "no Slurm takes jobs here: bash .ci/slurm start");
        var script = Path.Combine(Repository(), "deploy", "slurm", "sweep.sbatch");
        string[] options =
        [
            "--wait", "--array=0-1", "--cpus-per-task=1", $"--output={root}/slurm-%a.log", script, .. arguments[1..],
            "--set", "epochs=1", "--set", "learning-rate=0.01",
        ];
        var start = new ProcessStartInfo("sbatch", options)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LENETSERVE_TRAINER"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "LeNetServe.Trainer.dll")}";
        using var job = Process.Start(start)!;
        var error = job.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await job.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await job.WaitForExitAsync(TestContext.Current.CancellationToken);

        var logs = string.Concat(Directory.GetFiles(root, "slurm-*.log").Order(StringComparer.Ordinal).Select(File.ReadAllText));
        Assert.True(job.ExitCode == 0, await error + logs);
        Assert.Contains("3 runs, share 0 of 2: 2", logs, StringComparison.Ordinal);
        Assert.Contains("3 runs, share 1 of 2: 1", logs, StringComparison.Ordinal);
        Assert.Equal(3, Summaries().Count);
    }

    [Fact(Timeout = HangLimit)]
    public async Task Sbatch_AskedToStop_SavesAndGoesBackIntoTheQueue()
    {
        Assert.SkipUnless(await SlurmTakesJobsAsync(), "no Slurm takes jobs here: bash .ci/slurm start");
        var id = (await SlurmAsync("sbatch", [
            "--parsable", "--array=0-0", "--cpus-per-task=1", $"--output={root}/slurm-%a.log",
            Path.Combine(Repository(), "deploy", "slurm", "sweep.sbatch"), .. arguments[1..], "--set", "epochs=100000"])).Trim();
        try
        {
            while (Directory.GetFiles(root, "metrics.jsonl", SearchOption.AllDirectories).Length == 0)
                await Task.Delay(100, TestContext.Current.CancellationToken);

            await SlurmAsync("scancel", ["--batch", "--signal=TERM", $"{id}_0"]);

            string job;
            while (!(job = await SlurmAsync("scontrol", ["show", "job", $"{id}_0"])).Contains("Restarts=1", StringComparison.Ordinal))
                await Task.Delay(100, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("JobState=FAILED", job, StringComparison.Ordinal);
            Assert.NotEmpty(Directory.GetFiles(root, "progress.json", SearchOption.AllDirectories));
        }
        finally
        {
            await SlurmAsync("scancel", [id]);
            // The folder can go once nothing runs in it.
            while ((await SlurmAsync("squeue", ["--noheader", "--states=all", "--format=%T", "--jobs", id])).Split('\n')
                .Any(state => state is "RUNNING" or "COMPLETING"))
                await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> SlurmAsync(string program, IEnumerable<string> options)
    {
        var start = new ProcessStartInfo(program, options) { RedirectStandardOutput = true };
        start.Environment["LENETSERVE_TRAINER"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "LeNetServe.Trainer.dll")}";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }

    private static async Task<bool> SlurmTakesJobsAsync()
    {
        try
        {
            using var sinfo = Process.Start(new ProcessStartInfo("sinfo", ["--noheader", "--format=%T"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var states = await sinfo.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await sinfo.WaitForExitAsync(TestContext.Current.CancellationToken);
            string[] ready = ["idle", "mixed", "allocated"];
            return sinfo.ExitCode == 0 && ready.Any(state => states.Contains(state, StringComparison.Ordinal));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeNetServe.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the tests run outside the repository");
        return folder.FullName;
    }

    private Dictionary<string, DateTime> Summaries() => Directory.Exists(runs)
        ? Directory.GetFiles(runs, "summary.json", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc)
        : [];
}
