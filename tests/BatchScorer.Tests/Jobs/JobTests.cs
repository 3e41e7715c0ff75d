using System.Formats.Tar;
using System.IO.Compression;
using LeNetServe.BatchScorer.Invocation;
using LeNetServe.BatchScorer.Jobs;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Cli;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Jobs;

public sealed class JobTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string model;
    private readonly string images;
    private readonly string job;

    public JobTests()
    {
        model = Pictures.WriteModel(directory["model"]);
        images = directory["images"];
        job = directory["job"];
        Pictures.WriteFolder(images, perClass: 8);
        File.WriteAllText(Path.Combine(images, "3", "001.png"), "this is a text and no picture at all");
    }

    public void Dispose() => directory.Dispose();

    private ScoreOptions Options => Scorer.Options(model, job, images) with { PartSize = 7, Threshold = new ErrorThreshold(1, null) };

    private byte[] Merged => File.ReadAllBytes(Path.Combine(job, "scores.jsonl"));

    [Fact]
    public async Task Run_AJob_GivesTheBytesOfASingleFile()
    {
        var (code, messages) = await Scorer.Run(Options);
        await Scorer.Run(Options with { Output = directory["whole.jsonl"] });

        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(File.ReadAllBytes(directory["whole.jsonl"]), Merged);
        Assert.Equal(File.ReadAllBytes(directory["whole.summary.json"]), File.ReadAllBytes(Path.Combine(job, "summary.json")));
        Assert.Equal(File.ReadAllBytes(directory["whole.mistakes.html"]), File.ReadAllBytes(Path.Combine(job, "mistakes.html")));
        Assert.Contains("80 images", messages);
        Assert.Contains($"next: xdg-open {Path.Combine(job, "mistakes.html")}\n", messages);
        Assert.Equal(12, Directory.GetFiles(Path.Combine(job, "parts"), "*.jsonl").Length);
    }

    [Fact]
    public async Task Run_CancelledWhileListing_FreezesNoHalfList()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        var stopped = await Assert.ThrowsAsync<ExpectedException>(() => new ScoreRun(Options, TextWriter.Null).RunAsync(source.Token));
        Assert.Equal(ExitCode.Interrupted, stopped.Code);

        Assert.Empty(Directory.GetFiles(job));
        await Scorer.Run(Options);
        Assert.Equal(80, Scorer.Rows(Path.Combine(job, "scores.jsonl")).Length);
    }

    [Fact]
    public async Task Run_AgainWithNothingChanged_LeavesEveryPartAlone()
    {
        await Scorer.Run(Options);
        var before = Merged;
        var longAgo = new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc);
        foreach (var part in Directory.GetFiles(Path.Combine(job, "parts"), "*.jsonl"))
            File.SetLastWriteTimeUtc(part, longAgo);

        await Scorer.Run(Options);

        Assert.All(
            Directory.GetFiles(Path.Combine(job, "parts"), "*.jsonl"), part => Assert.Equal(longAgo, File.GetLastWriteTimeUtc(part)));
        Assert.Equal(before, Merged);
    }

    [Fact]
    public async Task Run_AnImageChangedWithItsTimeKept_IsScoredAgain()
    {
        await Scorer.Run(Options);
        var path = Path.Combine(images, "2", "003.png");
        var time = File.GetLastWriteTimeUtc(path);
        File.WriteAllBytes(path, Pictures.Png(9, 77));
        File.SetLastWriteTimeUtc(path, time);

        await Scorer.Run(Options);

        Assert.Equal("9", Scorer.Rows(Path.Combine(job, "scores.jsonl"))[19].Text("label"));
        await Scorer.Run(Options with { Output = directory["fresh.jsonl"] });
        Assert.Equal(File.ReadAllBytes(directory["fresh.jsonl"]), Merged);
    }

    [Fact]
    public async Task Run_DataFileBesideTheModelChanged_ScoresEverythingAgain()
    {
        Pictures.WriteModel(directory["model"], dataLocation: "weights.bin");
        await Scorer.Run(Options);
        var before = Scorer.Rows(Path.Combine(job, "scores.jsonl"));
        var file = File.ReadAllBytes(directory["model", "1", "model.onnx"]);

        Pictures.WriteModel(directory["model"], scale: 0.001f, dataLocation: "weights.bin");
        await Scorer.Run(Options);

        var after = Scorer.Rows(Path.Combine(job, "scores.jsonl"));
        Assert.Equal(file, File.ReadAllBytes(directory["model", "1", "model.onnx"]));
        Assert.NotEqual(before[0].Text("model_sha256"), after[0].Text("model_sha256"));
        Assert.Single(after.Select(row => row.Text("model_sha256")).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_AnotherModelOrImaging_ScoresEverythingAgain(bool otherModel)
    {
        await Scorer.Run(Options);
        if (otherModel)
            Pictures.WriteModel(directory["model"], scale: 0.001f);
        var options = otherModel ? Options : Options with { Imaging = LeNetServe.Imaging.Geometry.Digit };

        await Scorer.Run(options);
        await Scorer.Run(options with { Output = directory["fresh.jsonl"] });

        Assert.Equal(File.ReadAllBytes(directory["fresh.jsonl"]), Merged);
    }

    [Fact]
    public async Task Run_TheListIsFrozen_UntilItIsRefreshed()
    {
        await Scorer.Run(Options);
        Assert.DoesNotContain("warning", (await Scorer.Run(Options)).Messages, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(images, "9", "new.png"), Pictures.Png(9, 500));

        var (_, messages) = await Scorer.Run(Options);
        Assert.Contains("warning: the inputs have other images than the list of", messages, StringComparison.Ordinal);
        Assert.Equal(80, Scorer.Rows(Path.Combine(job, "scores.jsonl")).Length);

        await Scorer.Run(Options with { Refresh = true });
        Assert.Equal(81, Scorer.Rows(Path.Combine(job, "scores.jsonl")).Length);
    }

    [Fact]
    public async Task Run_RefreshWithAMistypedInput_LeavesTheJobAlone()
    {
        await Scorer.Run(Options);
        var before = File.ReadAllBytes(Path.Combine(job, "job.json"));

        await Assert.ThrowsAsync<FileNotFoundException>(
            () => Scorer.Run(Scorer.Options(model, job, directory["imagse"]) with { Refresh = true }));

        Assert.Equal(before, File.ReadAllBytes(Path.Combine(job, "job.json")));
    }

    [Fact]
    public async Task Run_AListWithoutImages_IsNotFrozenAndNoShardSucceeds()
    {
        Directory.CreateDirectory(directory["later"]);
        var options = Scorer.Options(model, job, directory["later"]);

        await Assert.ThrowsAsync<InvalidDataException>(() => Scorer.Run(options with { Share = new WorkShare(1, 2) }));
        Assert.Empty(Directory.GetFiles(job, "*", SearchOption.AllDirectories));
        File.WriteAllBytes(directory["later", "a.png"], Pictures.Png(4));
        await Scorer.Run(options);

        Assert.Single(Scorer.Rows(Path.Combine(job, "scores.jsonl")));
    }

    [Fact]
    public async Task Run_AFileThatWentAway_IsAnErrorRow()
    {
        await Scorer.Run(Options);
        File.Delete(Path.Combine(images, "5", "005.png"));

        var (code, _) = await Scorer.Run(Options);

        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Equal("unreadable", Scorer.Rows(Path.Combine(job, "scores.jsonl"))[45].Text("error"));
    }

    [Fact]
    public async Task Run_ADamagedPart_IsScoredAgain()
    {
        await Scorer.Run(Options);
        var before = Merged;
        var part = Directory.GetFiles(Path.Combine(job, "parts"), "*.jsonl")[4];
        var bytes = File.ReadAllBytes(part);
        bytes[^100] ^= 1;
        File.WriteAllBytes(part, bytes);

        var missing = Assert.Throws<IOException>(() => Merge());
        await Scorer.Run(Options);

        Assert.Contains("1 of 12 parts are missing or damaged", missing.Message);
        Assert.Equal(before, Merged);
    }

    [Fact]
    public async Task Run_OtherInputs_AreRefused()
    {
        await Scorer.Run(Options);

        var error = await Assert.ThrowsAsync<ExpectedException>(() => Scorer.Run(Scorer.Options(model, job, model)));

        Assert.Contains(images, error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task Merge_ShardsThatBeganTogether_GiveTheBytesOfASingleRun(int count)
    {
        var codes = await Task.WhenAll(
            Enumerable.Range(0, count).Select(index => Scorer.Run(Options with { Share = new WorkShare(index, count) })));
        Merge();
        var merged = Merged;
        await Scorer.Run(Options with { Output = directory["whole.jsonl"] });

        Assert.All(codes, result => Assert.Equal(ExitCode.Success, result.Code));
        Assert.Equal(File.ReadAllBytes(directory["whole.jsonl"]), merged);
        Assert.Equal(File.ReadAllBytes(directory["whole.summary.json"]), File.ReadAllBytes(Path.Combine(job, "summary.json")));
        Assert.Single(Directory.GetFiles(job, "manifest-*.jsonl"));
    }

    [Fact]
    public async Task Merge_AShardIsMissing_SaysWhichPartsAndToTryAgain()
    {
        await Scorer.Run(Options with { Share = new WorkShare(0, 2) });

        var error = Assert.Throws<IOException>(() => Merge());

        Assert.Contains("6 of 12 parts are missing or damaged (1, 3, 5, 7, 9, 11)", error.Message);
        Assert.False(File.Exists(Path.Combine(job, "scores.jsonl")));
    }

    [Fact]
    public async Task Merge_ShardsOfTwoModels_IsRefused()
    {
        await Scorer.Run(Options with { Share = new WorkShare(0, 2) });
        Pictures.WriteModel(directory["model"], version: 2, scale: 0.001f);
        await Scorer.Run(Options with { Share = new WorkShare(1, 2) });

        var error = Assert.Throws<InvalidDataException>(() => Merge());

        Assert.Contains("part 1 was scored by model/2", error.Message);
    }

    [Fact]
    public async Task Merge_AChangedList_IsRefused()
    {
        await Scorer.Run(Options with { Share = new WorkShare(0, 1) });
        var manifest = Directory.GetFiles(job, "manifest-*.jsonl")[0];
        File.WriteAllLines(manifest, File.ReadAllLines(manifest).Reverse());

        Assert.Contains("the frozen list was changed", (Assert.Throws<InvalidDataException>(() => Merge())).Message);
    }

    [Fact]
    public async Task Merge_APartInAnothersPlace_IsRefused()
    {
        await Scorer.Run(Options with { Share = new WorkShare(0, 1) });
        File.Copy(Path.Combine(job, "parts", "00000002.jsonl"), Path.Combine(job, "parts", "00000003.jsonl"), overwrite: true);

        Assert.Contains(
            "(part, first row, rows) is (2, 14, 7), expected (3, 21, 7)", (Assert.Throws<InvalidDataException>(() => Merge())).Message);
    }

    [Fact]
    public async Task Run_AShardThatIsBeingScored_IsRefused()
    {
        await Scorer.Run(Options with { Share = new WorkShare(0, 2) });
        using var held = JobLock.Take(Job.Open(job), new WorkShare(0, 2));

        var error = await Assert.ThrowsAsync<IOException>(() => Scorer.Run(Options with { Share = new WorkShare(0, 2) }));

        Assert.Contains("another scorer is working on shard 0/2", error.Message);
    }

    [Fact]
    public async Task Run_Archives_GiveTheFoldersRowsAndResumeInShards()
    {
        ZipFile.CreateFromDirectory(images, directory["a.zip"]);
        await using (var file = File.Create(directory["a.tar.gz"]))
        await using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
            await TarFile.CreateFromDirectoryAsync(images, gzip, includeBaseDirectory: false, TestContext.Current.CancellationToken);
        var options = Options with
        {
            Threshold = new ErrorThreshold(2, null),
            Inputs = new() { Paths = [directory["a.zip"], directory["a.tar.gz"]] }
        };

        await Scorer.Run(options with { Share = new WorkShare(1, 2) });
        await Scorer.Run(options with { Share = new WorkShare(0, 2) });
        Merge(new ErrorThreshold(2, null));
        await Scorer.Run(options with { Output = directory["whole.jsonl"] });

        Assert.Equal(File.ReadAllBytes(directory["whole.jsonl"]), Merged);
        await Scorer.Run(Options with { Output = directory["folder.jsonl"] });
        var folder = Scorer.Rows(directory["folder.jsonl"]).Select(
            row => (row.Text("path")![(images.Length + 1)..], row.GetProperty("top").GetRawText(), row.Text("error"))).Order();
        foreach (var archive in (string[])["a.zip", "a.tar.gz"])
        {
            var prefix = directory[archive] + "!/";
            var rows = Scorer.Rows(directory["whole.jsonl"]).Where(row => row.Text("path")!.StartsWith(prefix, StringComparison.Ordinal));
            Assert.Equal(
                folder, rows.Select(
                    row => (row.Text("path")![prefix.Length..], row.GetProperty("top").GetRawText(), row.Text("error"))).Order());
        }
    }

    [Fact]
    public async Task Run_AnArchiveThatBreaksOff_IsAnErrorRowBehindTheOthers()
    {
        await using (var file = File.Create(directory["a.tar"]))
            await TarFile.CreateFromDirectoryAsync(images, file, includeBaseDirectory: false, TestContext.Current.CancellationToken);
        File.WriteAllBytes(directory["broken.tar"], File.ReadAllBytes(directory["a.tar"])[..50_000]);

        var (code, _) = await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], directory["broken.tar"]));

        Assert.Equal(ExitCode.CheckFailed, code);
        var rows = Scorer.Rows(directory["scores.jsonl"]);
        Assert.InRange(rows.Length, 5, 79);
        Assert.NotNull(rows[^1].Text("error"));
    }

    [Theory]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.SymbolicLink)]
    public async Task Run_ALinkInATar_IsAnErrorRow(TarEntryType kind)
    {
        await using (var tar = new TarWriter(File.Create(directory["a.tar"])))
        {
            await tar.WriteEntryAsync(Path.Combine(images, "4", "002.png"), "4/a.png", TestContext.Current.CancellationToken);
            await tar.WriteEntryAsync(new PaxTarEntry(kind, "4/b.png") { LinkName = "a.png" }, TestContext.Current.CancellationToken);
            await tar.WriteEntryAsync(Path.Combine(images, "5", "002.png"), "4/c.png", TestContext.Current.CancellationToken);
        }
        var options = Options with { Inputs = new() { Paths = [directory["a.tar"]] } };

        await Scorer.Run(options);
        await Scorer.Run(options with { Output = directory["whole.jsonl"] });

        var rows = Scorer.Rows(directory["whole.jsonl"]);
        Assert.Equal(["4", null, "5"], rows.Select(row => row.Text("label")));
        Assert.StartsWith("a link to a.png", rows[1].Text("error_text"));
        Assert.Equal(File.ReadAllBytes(directory["whole.jsonl"]), Merged);
    }

    [Fact]
    public async Task Run_InvalidUtf8InAName_IsScoredAndResumed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names that are not UTF-8 exist on Linux only");
        File.WriteAllBytes(directory["new.png"], Pictures.Png(4, 9));
        (await BuiltProgram.Run(
            BuiltProgram.Start("bash", directory.Path, ["-c", @"cp new.png images/4/$'caf\xe9 \n.png'"]))).Expect(ExitCode.Success);

        await Scorer.Run(Options);
        var (code, _) = await Scorer.Run(Options);

        // .NET cannot remove what it cannot name.
        (await BuiltProgram.Run(BuiltProgram.Start("rm", directory.Path, ["-r", images]))).Expect(ExitCode.Success);
        Assert.Equal(ExitCode.Success, code);
        var row = Assert.Single(
            Scorer.Rows(Path.Combine(job, "scores.jsonl")), row => row.Text("path")!.EndsWith(" \n.png", StringComparison.Ordinal));
        Assert.Equal((Path.Combine(images, "4", "caf\\xe9 \n.png"), "4", "4"), (row.Text("path"), row.Text("label"), row.Text("actual")));
    }

    private ExitCode Merge(ErrorThreshold? threshold = null)
    {
        var options = new MergeOptions { Folder = job, Format = OutputFormat.Jsonl, Threshold = threshold ?? new ErrorThreshold(1, null) };
        return new MergeRun(options, TextWriter.Null).Run(null, TestContext.Current.CancellationToken);
    }
}
