using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Runs;

namespace LeNetServe.Exporter.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();
    private readonly RunDirectory run;
    private readonly string models;

    public ExportCommandTests()
    {
        run = TestRuns.Create(temporary["runs"], TestSpecs.Create("lenet5"));
        models = temporary["models"];
    }

    [Fact]
    public async Task Export_GoodRun_PublishesAWholeVersionThatTheOtherCommandsRead()
    {
        var (code, output, error) = await Export();

        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"published: {models}/net/1", output, StringComparison.Ordinal);
        Assert.Equal(
            ["golden.safetensors", "labels.txt", "model.onnx", "report.json", "report.md"],
            Directory.GetFiles(Path.Combine(models, "net/1")).Select(Path.GetFileName).Order());

        var verified = await ExporterProcess.RunAsync("", "verify", "--model", Path.Combine(models, "net"));
        Assert.Equal(0, verified.Code);
        Assert.Contains("16 of 16 golden images", verified.Output, StringComparison.Ordinal);

        var inspected = await ExporterProcess.RunAsync("", "inspect", Path.Combine(models, "net"));
        Assert.Contains("would serve the file", inspected.Output, StringComparison.Ordinal);
        Assert.Contains("float32 batch×6×28×28", inspected.Output, StringComparison.Ordinal);
        var json = await ExporterProcess.RunAsync("", "inspect", "--json", Path.Combine(models, "net"));
        Assert.Equal(61_706, JsonDocument.Parse(json.Output).RootElement.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public async Task Export_Twice_GivesEqualFilesAsVersionsOneAndTwo()
    {
        await Export();
        await Export();

        foreach (var file in new[] { "model.onnx", "golden.safetensors", "labels.txt" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(models, "net/1", file)), File.ReadAllBytes(Path.Combine(models, "net/2", file)));
        Assert.Equal(0, (await ExporterProcess.RunAsync("", "diff", Path.Combine(models, "net/1"), Path.Combine(models, "net/2"))).Code);
    }

    [Fact]
    public async Task Export_GoldenTensorsThatDisagree_PublishesNothingAndSaysWhichLayer()
    {
        var golden = LeNetServe.Models.GoldenTensors.Read(run.Golden);
        golden.Probabilities[3] += 2e-5f;
        golden.Write(run.Golden);
        RunChecksums.Write(run);

        var (code, _, error) = await Export("--report", temporary["report"]);

        Assert.Equal((int)ExitCode.CheckFailed, code);
        Assert.Contains("nothing is published", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.False(Directory.Exists(models));
        var proof = JsonDocument.Parse(File.ReadAllText(Path.Combine(temporary["report"], ProofReport.JsonName))).RootElement;
        Assert.False(proof.GetProperty("passed").GetBoolean());
    }

    [Theory]
    [InlineData("--opset", "10", "expected 11 to 21")]
    [InlineData("--batch", "0", "expected dynamic or a number")]
    [InlineData("--batch", "257", "from 1 to 256")]
    [InlineData("--opset", "x", "--opset is \"x\", expected a whole number")]
    [InlineData("--tolerance", "x", "--tolerance is \"x\", expected a number")]
    [InlineData("--report", "", "--report is empty, expected a path")]
    [InlineData("--input-type", "int8", "expected float32, uint8")]
    [InlineData("--outputs", "both", "the server reads one output")]
    [InlineData("--outputs", "logits", "the server reads one output")]
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
            ? new[] { "export", "--run", run.Path, "--repository", models, option, value }
            : ["export", "--run", run.Path, "--repository", models, "--name", "net", option, value];

        var (code, _, error) = await ExporterProcess.RunAsync("", arguments);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(models));
    }

    [Theory]
    [InlineData("--repository", "", "is empty, expected a path")]
    [InlineData("--out", "", "is empty, expected a path")]
    [InlineData("--out", "taken", "exists, expected a new directory")]
    [InlineData("--repository", "taken/file", "is a file, expected a directory")]
    public async Task Export_TargetThatCannotBe_IsFoundBeforeTheRunIsRead(string option, string target, string expected)
    {
        Directory.CreateDirectory(temporary["taken"]);
        File.WriteAllText(temporary["taken/file"], "");
        var path = target == "" ? "" : temporary[target];

        var (code, _, error) = await ExporterProcess.RunAsync("", "export", "--run", temporary["nowhere"], "--name", "net", option, path);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_ChoiceInAnyCase_IsTakenAndListedInLowerCase()
    {
        Assert.Equal(0, (await Export("--layout", "Nhwc", "--input-type", "UINT8")).Code);

        var help = (await ExporterProcess.RunAsync("", "export", "--help")).Output;

        Assert.Contains("nchw | nhwc", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Nchw", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Float32", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logits", "Output logits")]
    [InlineData("both", "2 outputs (logits, probabilities)")]
    public async Task Export_OtherOutputs_AreVerifiedAndNotCalledServable(string outputs, string missing)
    {
        var directory = temporary["elsewhere"];
        Assert.Equal(0, (await ExporterProcess.RunAsync("", "export", "--run", run.Path, "--out", directory, "--name", "net", "--outputs", outputs)).Code);

        var verified = await ExporterProcess.RunAsync("", "verify", "--model", directory);
        Assert.Equal((0, ""), (verified.Code, verified.Error));
        Assert.Contains("16 of 16 golden images", verified.Output, StringComparison.Ordinal);

        var inspected = JsonDocument.Parse((await ExporterProcess.RunAsync("", "inspect", "--json", directory)).Output).RootElement;
        Assert.False(inspected.GetProperty("served").GetBoolean());
        Assert.Contains(missing, inspected.GetProperty("missing_for_server").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_LogitsBesideOtherGoldenTensors_IsBadInput()
    {
        var directory = temporary["elsewhere"];
        await ExporterProcess.RunAsync("", "export", "--run", run.Path, "--out", directory, "--name", "net", "--outputs", "logits");
        File.Copy(TestRuns.Create(temporary["runs"], TestSpecs.Create("lenet5"), seed: 2).Golden, Path.Combine(directory, "golden.safetensors"), overwrite: true);

        Assert.Equal((int)ExitCode.BadInput, (await ExporterProcess.RunAsync("", "verify", "--model", directory)).Code);
    }

    [Fact]
    public async Task Inspect_GoldenAnswersOfAnotherModel_SaysThatTheServerRefuses()
    {
        await Export();
        var golden = Path.Combine(models, "net/1/golden.safetensors");
        File.Copy(TestRuns.Create(temporary["runs"], TestSpecs.Create("lenet5"), seed: 2).Golden, golden, overwrite: true);

        var inspected = await ExporterProcess.RunAsync("", "inspect", Path.Combine(models, "net"));

        Assert.Contains("The server refuses the file", inspected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_VerifyDatasetOfAnotherRun_IsAUsageError()
    {
        var (code, _, error) = await Export("--verify-dataset", "strokes");

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("--verify-dataset is strokes, expected noise", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(models));
    }

    [Fact]
    public async Task Verify_DataForStrokes_IsAUsageError()
    {
        var (code, _, error) = await ExporterProcess.RunAsync("", "verify", "--model", models, "--dataset", "strokes", "--data", temporary.Path);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("which is drawn and has no files", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_NoSuchRun_IsBadInput()
    {
        var (code, _, error) = await ExporterProcess.RunAsync("", "export", "--run", temporary["nowhere"], "--repository", models, "--name", "net");

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("expected a run", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_NoRoomForTheFile_PublishesNothing()
    {
        // A file may not grow past 100 KB: what a full disk does to the write, on every file system. .NET's own executable memory is a file too, unless it is told otherwise.
        if (!OperatingSystem.IsLinux())
            Assert.Skip("ulimit -f is Linux'");
        await Export();

        var (code, _, error) = await ExporterProcess.RunAsync("export DOTNET_EnableWriteXorExecute=0; trap '' XFSZ; ulimit -f 100;", "export", "--run", run.Path, "--repository", models, "--name", "net");

        Assert.Equal((int)ExitCode.Trouble, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(models, "net", "1")], Directory.GetFileSystemEntries(Path.Combine(models, "net")));
        Assert.Equal([Path.Combine(models, "net")], Directory.GetFileSystemEntries(models));
    }

    // model.onnx has 250 KB: the first disk is full in the middle of it, the second after it; the last has no room for a report.
    [Theory]
    [InlineData("100k", "--repository")]
    [InlineData("256k", "--repository")]
    [InlineData("256k", "--out")]
    [InlineData("4k", "--report")]
    public async Task Export_FullDisk_SaysSoAndLeavesNothing(string size, string target)
    {
        var disk = Directory.CreateDirectory(temporary["disk"]).FullName;
        await SmallDisk.RequireAsync(disk);
        string[] place = target switch
        {
            "--repository" => ["--repository", disk],
            "--out" => ["--out", Path.Combine(disk, "net")],
            _ => ["--out", Path.Combine(disk, "net"), "--report", disk],
        };

        var (code, output, error) = await SmallDisk.RunAsync(size, disk, ["export", "--run", run.Path, "--name", "net", .. place]);

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
        // The process is killed when its unfinished folder is seen; a folder that is still there afterwards was hit. A few kills come too late.
        var hits = 0;
        for (var attempt = 0; attempt < 40 && hits == 0; attempt++)
        {
            using var process = ExporterProcess.Start("", "export", "--run", run.Path, "--repository", models, "--name", "net");
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
            "export DOTNET_EnableWriteXorExecute=0; ulimit -c 0; ulimit -f 100;", "export", "--run", run.Path, "--repository", models, "--name", "net");

        const int signalled = 128;
        Assert.InRange(code, signalled + 1, 255);
        Assert.Single(Unfinished());
        AssertWholeVersions();
        Assert.Equal(0, (await Export()).Code);
        Assert.Equal([Path.Combine(models, "net")], Directory.GetFileSystemEntries(models));
    }

    [Theory]
    [InlineData(0, 0, ExitCode.Success, "torch")]
    [InlineData(0.01, 0, ExitCode.CheckFailed, "nothing is published")]
    [InlineData(0, 1, ExitCode.Success, "is not comparable with the run: it measured 2001 of strokes")]
    public async Task Export_VerifyDataset_PublishesUnlessTheRunSaysOtherwise(double lie, int moreImages, ExitCode expected, string text)
    {
        var trained = TestRuns.Create(temporary["runs"], TestSpecs.Create("lenet5"), seed: 3, dataset: "strokes");
        var strokes = DatasetCatalog.Open(new() { Name = "strokes" }, TestContext.Current.CancellationToken);
        var bytes = RunExport.Export(new() { Run = trained.Path, Name = "net" }, TestContext.Current.CancellationToken).Model;
        using (var model = new ModelUnderTest("", OnnxFile.Parse("", bytes)))
        {
            var measured = DatasetProof.Measure(model, "strokes", strokes.Test, TestContext.Current.CancellationToken);
            WriteSummary(trained, measured.Accuracy + lie, measured.Images + moreImages);
        }

        var (code, output, error) = await ExporterProcess.RunAsync(
            "", "export", "--run", trained.Path, "--repository", models, "--name", "net", "--verify-dataset", "strokes", "--report", temporary["report"]);

        Assert.Equal((int)expected, code);
        Assert.Contains(text, output + error, StringComparison.Ordinal);
        Assert.Equal(expected == ExitCode.Success, Directory.Exists(models));
        Assert.Equal(moreImages > 0, File.ReadAllText(Path.Combine(temporary["report"], ProofReport.MarkdownName)).Contains("not comparable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Inspect_ForeignModel_SaysWhatTheServerMisses()
    {
        await Export();
        var path = temporary["foreign.onnx"];
        var model = OnnxFile.Read(Path.Combine(models, "net/1/model.onnx"));
        model.MetadataProps.Clear();
        model.ProducerName = "somebody";
        File.WriteAllBytes(path, Google.Protobuf.MessageExtensions.ToByteArray(model));

        var (code, output, _) = await ExporterProcess.RunAsync("", "inspect", path);

        Assert.Equal(0, code);
        Assert.Contains("No metadata lenetserve.manifest", output, StringComparison.Ordinal);
        Assert.Contains("No labels.txt beside the file", output, StringComparison.Ordinal);
        Assert.Contains("server would serve the file", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_OtherWeights_NamesThem()
    {
        await Export();
        var other = TestRuns.Create(temporary["runs"], TestSpecs.Create("lenet5"), seed: 2);
        await ExporterProcess.RunAsync("", "export", "--run", other.Path, "--repository", models, "--name", "net", "--opset", "17");

        var (code, output, _) = await ExporterProcess.RunAsync("", "diff", Path.Combine(models, "net/1"), Path.Combine(models, "net/2"));

        Assert.Equal((int)ExitCode.CheckFailed, code);
        Assert.Contains("operator sets: ai.onnx 13 → ai.onnx 17", output, StringComparison.Ordinal);
        Assert.Contains("initializer C1.weight: values differ by", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FileWithOneBitFlipped_IsBadInput()
    {
        await Export();
        var path = Path.Combine(models, "net/1/model.onnx");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        var (code, _, error) = await ExporterProcess.RunAsync("", "verify", "--model", path);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("changed or damaged", error, StringComparison.Ordinal);
    }

    public void Dispose() => temporary.Dispose();

    private string[] Unfinished() => Directory.Exists(models) ? Directory.GetDirectories(models, ".publishing-*") : [];

    private void AssertWholeVersions()
    {
        foreach (var version in Directory.GetDirectories(models).Where(path => !Path.GetFileName(path).StartsWith('.')).SelectMany(Directory.GetDirectories))
            Assert.Equal(5, Directory.GetFiles(version).Length);
    }

    private static void WriteSummary(RunDirectory run, double accuracy, int images)
    {
        var summary = JsonSerializer.Deserialize(File.ReadAllText(run.Summary), LeNetJson.Default.RunSummary)!;
        File.WriteAllText(run.Summary, JsonSerializer.Serialize(summary with { TestAccuracy = accuracy, TestImages = images }, LeNetJson.Default.RunSummary));
        RunChecksums.Write(run);
    }

    private Task<(int Code, string Output, string Error)> Export(params string[] more) =>
        ExporterProcess.RunAsync("", ["export", "--run", run.Path, "--repository", models, "--name", "net", .. more]);
}
