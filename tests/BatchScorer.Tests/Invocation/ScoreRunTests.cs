using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Tests;
using SkiaSharp;

namespace LeNetServe.BatchScorer.Tests.Invocation;

public sealed class ScoreRunTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string model;
    private readonly string images;

    public ScoreRunTests()
    {
        model = Pictures.WriteModel(directory["model"]);
        images = directory["images"];
        Pictures.WriteFolder(images, perClass: 15);
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task RunAsync_AFolderOfClasses_WritesARowEachInOrderWithTheAccuracy()
    {
        var (code, messages) = await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], images));

        Assert.Equal(ExitCode.Success, code);
        var rows = Scorer.Rows(directory["scores.jsonl"]);
        Assert.Equal(
            Directory.GetFiles(
                images, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal), rows.Select(row => row.Text("path")));
        Assert.All(rows, row => Assert.Equal(row.Text("actual"), row.Text("label")));
        Assert.All(
            rows, row => Assert.Equal(
                ("model", 1, 3), (row.Text("model"), row.GetProperty("version").GetInt32(), row.GetProperty("top").GetArrayLength())));
        Assert.Contains("150 images", messages);
        Assert.Contains("accuracy 100.00 % (150 of 150 labeled images)", messages);
        Assert.Contains($"next: xdg-open {directory["scores.mistakes.html"]}\n", messages);
        Assert.Contains("\"accuracy\": 1,", File.ReadAllText(directory["scores.summary.json"]));
    }

    [Theory]
    [InlineData("token", null, "--token-file without --server, expected --server URL")]
    [InlineData(null, "ca.pem", "--ca-file without --server, expected --server URL")]
    public async Task RunAsync_OptionOfServersWithoutServer_IsAUsageError(string? token, string? authorities, string expected)
    {
        var options = Scorer.Options(model, directory["scores.jsonl"], images) with { TokenFile = token, CaFile = authorities };

        var exception = await Assert.ThrowsAsync<ExpectedException>(() => Scorer.Run(options));

        Assert.Equal((ExitCode.Usage, expected), (exception.Code, exception.Message));
    }

    [Theory]
    [InlineData("*.png", "; write the pattern without quotes, or give the folder and --include: {0} --include '*.png'")]
    [InlineData("imags", "; did you mean {0}/images?")]
    [InlineData("zebra", "")]
    public async Task RunAsync_MissingPath_SaysWhatToDo(string name, string remedy)
    {
        Directory.CreateDirectory(directory["folder", "images"]);
        var path = Path.Combine(directory["folder"], name);

        var exception = await Assert.ThrowsAsync<FileNotFoundException>(
            () => Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], path)));

        Assert.Equal(
            $"{path}: no such file or folder{remedy.Replace("{0}", directory["folder"], StringComparison.Ordinal)}", exception.Message);
    }

    [Fact]
    public async Task RunAsync_MistypedList_NamesTheNearestFile()
    {
        await File.WriteAllTextAsync(directory["list.txt"], "", TestContext.Current.CancellationToken);
        var options = Scorer.Options(model, directory["scores.jsonl"]);

        var exception = await Assert.ThrowsAsync<FileNotFoundException>(
            () => Scorer.Run(options with { Inputs = options.Inputs with { ListFile = directory["lisst.txt"] } }));

        Assert.Equal(
            $"--list {directory["lisst.txt"]}: no such file; did you mean {directory["list.txt"]}?", exception.Message);
    }

    [Fact]
    public async Task RunAsync_WithoutLabels_EndsWithTheFirstRows()
    {
        var (_, messages) = await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], images) with { FolderLabels = false });

        Assert.EndsWith($"next: head -n 5 {directory["scores.jsonl"]}\n", messages);
    }

    [Fact]
    public async Task RunAsync_BrokenFiles_AreRowsAndTheExitCodeSaysSo()
    {
        File.WriteAllText(Path.Combine(images, "3", "000.png"), "this is a text and no picture at all");
        File.WriteAllBytes(Path.Combine(images, "4", "000.png"), Pictures.Png(4)[..200]);
        File.Delete(Path.Combine(images, "5", "000.png"));
        File.CreateSymbolicLink(Path.Combine(images, "5", "000.png"), directory["nowhere.png"]);

        var (code, messages) = await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], images));

        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("3 of 150 images failed, expected at most 0", messages);
        var rows = Scorer.Rows(directory["scores.jsonl"]);
        Assert.Equal(150, rows.Length);
        var errors = rows.Select(row => row.Text("error")).Where(error => error is not null);
        Assert.Equal(["unknown_format", "truncated", "unreadable"], errors);
        Assert.Null(rows[45].Text("label"));
        Assert.Equal(0, rows[45].GetProperty("top").GetArrayLength());
    }

    [Theory]
    [InlineData("3", ExitCode.Success)]
    [InlineData("2", ExitCode.CheckFailed)]
    [InlineData("2%", ExitCode.Success)]
    [InlineData("1.9%", ExitCode.CheckFailed)]
    public async Task RunAsync_AThreshold_AllowsThatManyFailures(string threshold, ExitCode expected)
    {
        foreach (var name in (string[])["000", "001", "002"])
            File.WriteAllText(Path.Combine(images, "3", $"{name}.png"), "this is a text and no picture at all");

        var (code, _) = await Scorer.Run(
            Scorer.Options(
                model, directory["scores.jsonl"], images) with
            { Threshold = BatchScorer.Invocation.ErrorThreshold.Parse(threshold) });

        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task RunAsync_Csv_HasAHeaderAndQuotesWhatNeedsIt()
    {
        Directory.CreateDirectory(directory["odd"]);
        File.WriteAllBytes(directory["odd", "a,\"b\"\nc.png"], Pictures.Png(2));

        await Scorer.Run(Scorer.Options(model, directory["scores.csv"], directory["odd"]) with { TopK = 2 });

        var text = File.ReadAllText(directory["scores.csv"]);
        Assert.StartsWith("path,label,index,score,label_2,index_2,score_2,actual,error,error_text,model,version,model_sha256\r\n", text);
        Assert.Contains($"\r\n\"{directory["odd"]}/a,\"\"b\"\"\nc.png\",2,2,0.", text);
        Assert.EndsWith("\r\n", text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task RunAsync_AnyParallelism_TheSameBytes(int parallelism)
    {
        await Scorer.Run(Scorer.Options(model, directory["a.jsonl"], images));
        await Scorer.Run(Scorer.Options(model, directory["b.jsonl"], images) with { Parallelism = parallelism });

        Assert.Equal(File.ReadAllBytes(directory["a.jsonl"]), File.ReadAllBytes(directory["b.jsonl"]));
        Assert.Equal(File.ReadAllBytes(directory["a.summary.json"]), File.ReadAllBytes(directory["b.summary.json"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_Preview_ShowsAnImageOfEachClassAsTheModelSawIt(bool asJob)
    {
        File.WriteAllText(Path.Combine(images, "1", "000.png"), "this is a text and no picture at all");
        var options = Scorer.Options(
            model, directory[asJob ? "job" : "scores.jsonl"], images) with
        { Preview = 3, Imaging = LeNetServe.Imaging.Geometry.None };

        await Scorer.Run(options);

        using var sheet = SKBitmap.Decode(asJob ? directory["job", "preview.png"] : directory["scores.preview.png"]);
        using var first = SKBitmap.Decode(Path.Combine(images, "0", "000.png"));
        // The sheet has two columns and two rows of cells. Each pixel is twice as large, and 4 pixels lie between and around the cells.
        var cell = 2 * Pictures.Size;
        Assert.Equal((4 + (2 * (cell + 4)), 4 + (2 * (cell + 4))), (sheet.Width, sheet.Height));
        for (var y = 0; y < cell; y++)
            for (var x = 0; x < cell; x++)
                Assert.Equal(first.GetPixel(x / 2, y / 2), sheet.GetPixel(4 + x, 4 + y));
        // Each class has one image. The first of class 1 failed, so a cross goes through its cell.
        Assert.Equal(new SKColor(0xd0, 0x30, 0x30), sheet.GetPixel(4 + cell + 4 + (cell / 2), 4 + (cell / 2)));
    }

    [Fact]
    public async Task RunAsync_Cancelled_LeavesNothingBehind()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        var stopped = await Assert.ThrowsAsync<ExpectedException>(
            () => new BatchScorer.Invocation.ScoreRun(
                Scorer.Options(model, directory["scores.jsonl"], images), TextWriter.Null).RunAsync(source.Token));

        Assert.Equal(ExitCode.Interrupted, stopped.Code);
        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task RunAsync_MissingInput_IsRefusedBeforeAnythingIsScored()
    {
        var error = await Assert.ThrowsAsync<FileNotFoundException>(
            () => Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], directory["nothing"])));

        Assert.Contains(directory["nothing"], error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_OutputsAmongTheInputs_AreNeverScored(bool asJob)
    {
        var output = asJob ? Path.Combine(images, "job") : Path.Combine(images, "scores.jsonl");
        var options = Scorer.Options(model, output, images) with { Preview = 2 };
        await Scorer.Run(options);
        var first = Scorer.Rows(asJob ? Path.Combine(output, "scores.jsonl") : output).Length;

        await Scorer.Run(options with { Refresh = true });
        var (_, messages) = await Scorer.Run(Scorer.Options(model, directory["other.jsonl"], images));

        Assert.Equal(first, Scorer.Rows(asJob ? Path.Combine(output, "scores.jsonl") : output).Length);
        Assert.Equal(first, Scorer.Rows(directory["other.jsonl"]).Length);
        Assert.Contains("passed over", messages);
    }

    [Fact]
    public async Task RunAsync_AnInputThatIsAlsoTheOutput_IsRefused()
    {
        File.WriteAllText(directory["scores.csv"], "rows");

        var error = await Assert.ThrowsAsync<ExpectedException>(
            () => Scorer.Run(Scorer.Options(model, directory["scores.csv"], directory["scores.csv"])));

        Assert.Equal(ExitCode.Usage, error.Code);
        Assert.Equal("rows", File.ReadAllText(directory["scores.csv"]));
    }

    [Fact]
    public async Task RunAsync_CsvSafe_KeepsSpreadsheetsFromRunningNames()
    {
        Directory.CreateDirectory(directory["f"]);
        File.WriteAllBytes(directory["f", "1.png"], Pictures.Png(1));
        File.WriteAllText(directory["list"], "=cmd.png\n");

        await Scorer.Run(
            Scorer.Options(model, directory["s.csv"]) with { Inputs = new() { ListFile = directory["list"] }, CsvSafe = true });
        await Scorer.Run(Scorer.Options(model, directory["u.csv"]) with { Inputs = new() { ListFile = directory["list"] } });

        Assert.StartsWith("'=cmd.png,", File.ReadAllLines(directory["s.csv"])[1]);
        Assert.StartsWith("=cmd.png,", File.ReadAllLines(directory["u.csv"])[1]);
    }
}
