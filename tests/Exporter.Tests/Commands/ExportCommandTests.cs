using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Runs;

namespace LeNetServe.Exporter.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    [Fact]
    public async Task Export_GoodRun_PublishesAWholeVersionThatTheOtherCommandsRead()
    {
        var (code, output, error) = await sandbox.ExportAsync();

        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"published: {sandbox.Models}/net/1", output, StringComparison.Ordinal);
        Assert.Equal(
            ["golden.safetensors", "labels.txt", "model.onnx", "report.json", "report.md"],
            Directory.GetFiles(Path.Combine(sandbox.Models, "net/1")).Select(Path.GetFileName).Order());

        var verified = await ExporterProcess.RunAsync("", "verify", "--model", Path.Combine(sandbox.Models, "net"));
        Assert.Equal(0, verified.Code);
        Assert.Contains("16 of 16 golden images", verified.Output, StringComparison.Ordinal);

        var inspected = await ExporterProcess.RunAsync("", "inspect", Path.Combine(sandbox.Models, "net"));
        Assert.Contains("would serve the file", inspected.Output, StringComparison.Ordinal);
        Assert.Contains("float32 batch×6×28×28", inspected.Output, StringComparison.Ordinal);
        var json = await ExporterProcess.RunAsync("", "inspect", "--json", Path.Combine(sandbox.Models, "net"));
        Assert.Equal(61_706, JsonDocument.Parse(json.Output).RootElement.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public async Task Export_TheFolderOfRuns_NamesARun()
    {
        var runs = Path.GetDirectoryName(sandbox.Run.Path)!;

        var (code, _, error) = await ExporterProcess.RunAsync(
            "", "export", "--run", runs, "--repository", sandbox.Models, "--name", "net");

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.StartsWith($"error: {runs} is not a run; {sandbox.Run.Path} is one, expected", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Twice_GivesEqualFilesAsVersionsOneAndTwo()
    {
        await sandbox.ExportAsync();
        await sandbox.ExportAsync("--force");

        foreach (var file in new[] { "model.onnx", "golden.safetensors", "labels.txt" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(sandbox.Models, "net/1", file)),
                File.ReadAllBytes(Path.Combine(sandbox.Models, "net/2", file)));
        Assert.Equal(0, (
            await ExporterProcess.RunAsync("", "diff", Path.Combine(sandbox.Models, "net/1"), Path.Combine(sandbox.Models, "net/2"))).Code);
    }

    [Fact]
    public async Task Export_SameBytesAgain_SaysSoAndMakesNoVersion()
    {
        await sandbox.ExportAsync();

        var (code, output, _) = await sandbox.ExportAsync();

        Assert.Equal(0, code);
        Assert.Contains($"not published: {sandbox.Models}/net/1 has the same bytes already; --force", output, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(sandbox.Models, "net/1")], Directory.GetDirectories(Path.Combine(sandbox.Models, "net")));
    }

    [Fact]
    public async Task Export_SameBytesAsAnOldVersion_IsPublished()
    {
        await sandbox.ExportAsync();
        await sandbox.ExportAsync("--opset", "17");

        var (_, output, _) = await sandbox.ExportAsync();

        Assert.Contains($"published: {sandbox.Models}/net/3", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_NewRepository_SaysThatItIsNewAndWhatComesNext()
    {
        var first = (await sandbox.ExportAsync()).Output;
        var second = (await sandbox.ExportAsync("--opset", "17")).Output;

        Assert.Contains($"created: the model repository {sandbox.Models}", first, StringComparison.Ordinal);
        Assert.DoesNotContain("created", second, StringComparison.Ordinal);
        Assert.EndsWith(
            $"next: lenetserve-serve {sandbox.Models}\n"
            + $"next: lenetserve-score score PICTURES --model {sandbox.Models}/net --out scores.jsonl\n",
            first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_SeveralRuns_GivesACommandForEachTheNewestFirst()
    {
        string[] runs = [sandbox.Models + "/a", sandbox.Models + "/b b"];
        foreach (var (run, day) in runs.Zip([1, 2]))
        {
            Directory.CreateDirectory(run);
            Directory.SetLastWriteTime(run, new DateTime(2026, 3, day, 4, 5, 6, DateTimeKind.Local));
        }

        var (code, _, error) = await ExporterProcess.RunAsync("", "export", "--run", runs[0], runs[1], "--name", "net", "--out", "net");

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Equal(
            $"  lenetserve-export export --name net --out net --run '{runs[1]}'  # 2026-03-02 04:05:06\n"
            + $"  lenetserve-export export --name net --out net --run {runs[0]}  # 2026-03-01 04:05:06\n"
            + "error: 2 runs match --run, expected one: copy one of the commands above, the newest is first\n"
            + "help: lenetserve-export export --help\n",
            error);
    }

    [Fact]
    public async Task Export_GoldenTensorsThatDisagree_PublishesNothingAndSaysWhichLayer()
    {
        var golden = LeNetServe.Models.GoldenTensors.Read(sandbox.Run.Golden);
        golden.Probabilities[3] += 2e-5f;
        golden.Write(sandbox.Run.Golden);
        RunChecksums.Write(sandbox.Run);

        var (code, _, error) = await sandbox.ExportAsync("--report", sandbox["report"]);

        Assert.Equal((int)ExitCode.CheckFailed, code);
        Assert.Contains("nothing is published", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.False(Directory.Exists(sandbox.Models));
        var proof = JsonDocument.Parse(File.ReadAllText(Path.Combine(sandbox["report"], ProofReport.JsonName))).RootElement;
        Assert.False(proof.GetProperty("passed").GetBoolean());
    }

    [Theory]
    [InlineData("--opset", "10", "expected 11 to 21")]
    [InlineData("--batch", "0", "expected dynamic or a number")]
    [InlineData("--batch", "257", "from 1 to 256")]
    [InlineData("--opset", "x", "--opset is \"x\", expected a whole number")]
    [InlineData("--tolerance", "x", "--tolerance is \"x\", expected a number")]
    [InlineData("--tolerance", "0,05", "--tolerance is \"0,05\", expected a number")]
    [InlineData("--report", "", "--report is empty, expected a path")]
    [InlineData("--input-type", "int8", "expected float32, uint8")]
    [InlineData("--outputs", "logits", "the server reads one output")]
    [InlineData("--outputs", "layers", "expected probabilities, logits or both")]
    [InlineData("--outputs", "9", "expected probabilities, logits or both")]
    [InlineData("--out", "elsewhere", "--repository and --out are both given")]
    [InlineData("--data", "data/mnist", "--data is given without --verify-dataset")]
    [InlineData("--name", "../net", "expected up to 100 letters")]
    [InlineData("--tolerance", "nan", "expected more than 0 and at most 0.1")]
    [InlineData("--tolerance", "-1", "expected more than 0 and at most 0.1")]
    [InlineData("--tolerance", "0", "expected more than 0 and at most 0.1")]
    [InlineData("--tolerance", "infinity", "expected more than 0 and at most 0.1")]
    [InlineData("--tolerance", "0.2", "expected more than 0 and at most 0.1")]
    public async Task Export_OptionThatCannotBe_SaysWhy(string option, string value, string expected)
    {
        var arguments = option == "--name"
            ? new[] { "export", "--run", sandbox.Run.Path, "--repository", sandbox.Models, option, value }
            : ["export", "--run", sandbox.Run.Path, "--repository", sandbox.Models, "--name", "net", option, value];

        var (code, _, error) = await ExporterProcess.RunAsync("", arguments);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(sandbox.Models));
    }

    [Theory]
    [InlineData("--repository", "", "is empty, expected a path")]
    [InlineData("--out", "", "is empty, expected a path")]
    [InlineData("--out", "taken", "exists, expected a new directory")]
    [InlineData("--repository", "taken/file", "is a file, expected a directory")]
    public async Task Export_TargetThatCannotBe_IsFoundBeforeTheRunIsRead(string option, string target, string expected)
    {
        Directory.CreateDirectory(sandbox["taken"]);
        File.WriteAllText(sandbox["taken/file"], "");
        var path = target == "" ? "" : sandbox[target];

        var (code, _, error) = await ExporterProcess.RunAsync("", "export", "--run", sandbox["nowhere"], "--name", "net", option, path);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_ChoiceInAnyCase_IsTakenAndListedInLowerCase()
    {
        Assert.Equal(0, (await sandbox.ExportAsync("--layout", "Nhwc", "--input-type", "UINT8")).Code);

        var help = (await ExporterProcess.RunAsync("", "export", "--help")).Output;

        Assert.Contains("nchw | nhwc", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Nchw", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Float32", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logits", false, "Output logits")]
    [InlineData("both", true, "[]")]
    [InlineData("probabilities,layers,gradient", true, "[]")]
    public async Task Export_OtherOutputs_AreVerifiedAndServedIfProbabilitiesAreAmongThem(string outputs, bool served, string missing)
    {
        var directory = sandbox["elsewhere"];
        Assert.Equal(0, (await ExporterProcess.RunAsync(
            "", "export", "--run", sandbox.Run.Path, "--out", directory, "--name", "net", "--outputs", outputs)).Code);

        var verified = await ExporterProcess.RunAsync("", "verify", "--model", directory);
        Assert.Equal((0, ""), (verified.Code, verified.Error));
        Assert.Contains("16 of 16 golden images", verified.Output, StringComparison.Ordinal);

        var inspected = JsonDocument.Parse((await ExporterProcess.RunAsync("", "inspect", "--json", directory)).Output).RootElement;
        Assert.Equal(served, inspected.GetProperty("served").GetBoolean());
        Assert.Contains(missing, inspected.GetProperty("missing_for_server").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_VerifyDatasetOfAnotherRun_IsAUsageError()
    {
        var (code, _, error) = await sandbox.ExportAsync("--verify-dataset", "strokes");

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("--verify-dataset is strokes, expected noise", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(sandbox.Models));
    }

    [Fact]
    public async Task Export_NoSuchRun_IsBadInput()
    {
        var (code, _, error) = await ExporterProcess.RunAsync(
            "", "export", "--run", sandbox["nowhere"], "--repository", sandbox.Models, "--name", "net");

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("expected a run", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_NoRoomForTheFile_PublishesNothing()
    {
        // The write fails at 100 KB as on a full disk, on every file system. .NET's own executable memory is a file too by default.
        if (!OperatingSystem.IsLinux())
            Assert.Skip("ulimit -f is Linux'");
        await sandbox.ExportAsync();

        var (code, _, error) = await ExporterProcess.RunAsync("export DOTNET_EnableWriteXorExecute=0; trap '' XFSZ; ulimit -f 100;",
            "export", "--run", sandbox.Run.Path, "--repository", sandbox.Models, "--name", "net", "--force");

        Assert.Equal((int)ExitCode.Trouble, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(sandbox.Models, "net", "1")], Directory.GetFileSystemEntries(Path.Combine(sandbox.Models, "net")));
        Assert.Equal([Path.Combine(sandbox.Models, "net")], Directory.GetFileSystemEntries(sandbox.Models));
    }

    // model.onnx has 250 KB. The first disk is full in the middle of it, the second after it. The last has no room for a report.
    [Theory]
    [InlineData("100k", "--repository")]
    [InlineData("256k", "--repository")]
    [InlineData("256k", "--out")]
    [InlineData("4k", "--report")]
    public async Task Export_FullDisk_SaysSoAndLeavesNothing(string size, string target)
    {
        var disk = Directory.CreateDirectory(sandbox["disk"]).FullName;
        await SmallDisk.RequireAsync(disk);
        string[] place = target switch
        {
            "--repository" => ["--repository", disk],
            "--out" => ["--out", Path.Combine(disk, "net")],
            _ => ["--out", Path.Combine(disk, "net"), "--report", disk],
        };

        var (code, output, error) = await SmallDisk.RunAsync(size, disk, ["export", "--run", sandbox.Run.Path, "--name", "net", .. place]);

        Assert.Equal((int)ExitCode.Trouble, code);
        Assert.StartsWith("error: No space left on device", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.DoesNotContain("published", output, StringComparison.Ordinal);
        Assert.DoesNotContain("model.onnx", output, StringComparison.Ordinal);
        Assert.DoesNotContain(".publishing-", output, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_KilledWhilePublishing_LeavesWholeVersionsOnly()
    {
        // The process is killed when its unfinished folder is seen. A folder that remains was hit; a few kills come too late.
        var hits = 0;
        for (var attempt = 0; attempt < 40 && hits == 0; attempt++)
        {
            using var process = ExporterProcess.Start(
                "", "export", "--run", sandbox.Run.Path, "--repository", sandbox.Models, "--name", "net", "--force");
            while (!process.HasExited && Unfinished().Length == 0)
                Thread.Yield();
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            hits += Unfinished().Length;
            AssertWholeVersions();
            foreach (var folder in Unfinished())
                Directory.Delete(folder, recursive: true);
        }

        Assert.Equal(1, hits);
    }

    [Fact]
    public async Task Export_KilledInTheMiddleOfAFile_LeavesNothingThatIsServed()
    {
        // The system kills a process that writes past its limit: model.onnx is cut at 100 KB.
        if (!OperatingSystem.IsLinux())
            Assert.Skip("ulimit -f is Linux'");

        var (code, _, _) = await ExporterProcess.RunAsync(
            "export DOTNET_EnableWriteXorExecute=0; ulimit -c 0; ulimit -f 100;", "export", "--run", sandbox.Run.Path, "--repository",
                sandbox.Models,
                "--name", "net");

        const int signalled = 128;
        Assert.InRange(code, signalled + 1, 255);
        Assert.Single(Unfinished());
        AssertWholeVersions();
        Assert.Equal(0, (await sandbox.ExportAsync()).Code);
        Assert.Equal([Path.Combine(sandbox.Models, "net")], Directory.GetFileSystemEntries(sandbox.Models));
    }

    [Theory]
    [InlineData(0, 0, ExitCode.Success, "torch")]
    [InlineData(0.01, 0, ExitCode.CheckFailed, "nothing is published")]
    [InlineData(0, 1, ExitCode.Success, "is not comparable with the run: it measured 2001 of strokes")]
    public async Task Export_VerifyDataset_PublishesUnlessTheRunSaysOtherwise(double lie, int moreImages, ExitCode expected, string text)
    {
        var trained = sandbox.CreateRun(seed: 3, dataset: "strokes");
        var strokes = DatasetCatalog.Open(new() { Name = "strokes" }, TestContext.Current.CancellationToken);
        var bytes = RunExport.Export(new() { Run = trained.Path, Name = "net" }, TestContext.Current.CancellationToken).Model;
        using (var model = new ModelUnderTest("", OnnxFile.Parse("", bytes)))
        {
            var measured = DatasetProof.Measure(model, strokes, manifest: null, TestContext.Current.CancellationToken);
            WriteSummary(trained, measured.Accuracy + lie, measured.Images + moreImages);
        }

        var (code, output, error) = await ExporterProcess.RunAsync(
            "", "export", "--run", trained.Path, "--repository", sandbox.Models, "--name", "net", "--verify-dataset", "strokes", "--report",
                sandbox["report"]);

        Assert.Equal((int)expected, code);
        Assert.Contains(text, output + error, StringComparison.Ordinal);
        Assert.Equal(expected == ExitCode.Success, Directory.Exists(sandbox.Models));
        Assert.Equal(moreImages > 0, File.ReadAllText(Path.Combine(sandbox["report"], ProofReport.MarkdownName))
            .Contains("not comparable", StringComparison.Ordinal));
    }

    public void Dispose() => sandbox.Dispose();

    private string[] Unfinished() => Directory.Exists(sandbox.Models) ? Directory.GetDirectories(sandbox.Models, ".publishing-*") : [];

    private void AssertWholeVersions()
    {
        var models = Directory.GetDirectories(sandbox.Models).Where(path => !Path.GetFileName(path).StartsWith('.'));
        foreach (var version in models.SelectMany(Directory.GetDirectories))
            Assert.Equal(5, Directory.GetFiles(version).Length);
    }

    private static void WriteSummary(RunDirectory run, double accuracy, int images)
    {
        var summary = JsonSerializer.Deserialize(File.ReadAllText(run.Summary), LeNetJson.Default.RunSummary)!;
        File.WriteAllText(run.Summary,
            JsonSerializer.Serialize(summary with { TestAccuracy = accuracy, TestImages = images }, LeNetJson.Default.RunSummary));
        RunChecksums.Write(run);
    }
}
