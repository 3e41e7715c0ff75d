using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeNetServe.Runs;
using LeNetServe.Tests;
using LeNetServe.Trainer.Comparison;
using LeNetServe.Trainer.Tests.Reports;

namespace LeNetServe.Trainer.Tests.Comparison;

public sealed class RunComparisonTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-compare-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Groups_RunsOfThreeConfigsAndTwoSeeds_AreThreeExperimentsBestFirst()
    {
        WriteGrid([0.001, 0.01, 0.1], ["adam"], seeds: 2);

        var comparison = Compare();

        Assert.Equal(["learning_rate"], comparison.Varied);
        Assert.Equal(["learning_rate 0.01", "learning_rate 0.1", "learning_rate 0.001"], comparison.Groups.Select(comparison.NameOf));
        Assert.All(comparison.Groups, group => Assert.Equal(2, group.Runs.Count));
        Assert.Same(Measure.ValidationAccuracy, comparison.Choice);
    }

    [Fact]
    public void Read_RunWhoseSummaryWasChanged_IsRefused()
    {
        var run = RunFixture.Write(root, "a", Config(0.1, "adam", 1), 0.97);
        RunChecksums.Write(run);
        File.WriteAllText(run.Summary, File.ReadAllText(run.Summary).Replace("0.97", "0.99", StringComparison.Ordinal));

        var exception = Assert.Throws<InvalidDataException>(Compare);

        Assert.Contains($"{run.Summary}: SHA-256 ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tables.csv")]
    [InlineData("tables.md")]
    [InlineData("")]
    public async Task Compare_OutputThatIsNotAPage_IsAWrongValue(string output)
    {
        RunFixture.Write(root, "a", Config(0.1, "adam", 1), 0.97);

        var (code, _, error) = await TrainerProcess.RunAsync(["compare", root, "--output", output]);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.StartsWith($"error: --output is {(output == "" ? "empty" : output)}, expected ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_SomeHeldNothingOut_FollowUnrankedHoweverWellTheyTest()
    {
        RunFixture.Write(root, "a", Config(0.1, "adam", 1), 0.99, validation: false);
        RunFixture.Write(root, "b", Config(0.01, "adam", 1), 0.95);
        RunFixture.Write(root, "c", Config(0.001, "adam", 1), 0.97);

        var comparison = Compare();

        Assert.Equal(["learning_rate 0.001", "learning_rate 0.01", "learning_rate 0.1"], comparison.Groups.Select(comparison.NameOf));
        Assert.Contains(
            "ranked by validation accuracy; 1 experiment held no images out for it and follows unranked",
            ComparisonTables.Caption(comparison),
            StringComparison.Ordinal);
        Assert.Equal(0, comparison.ValuesOf("learning_rate").Single(value => value.Value == "0.1").Interval.Count);
    }

    [Fact]
    public void Groups_NoneHeldImagesOut_AreNotRanked()
    {
        RunFixture.Write(root, "a", Config(0.1, "adam", 1), 0.95, validation: false);
        RunFixture.Write(root, "b", Config(0.01, "adam", 1), 0.99, validation: false);
        RunFixture.Write(root, "c", Config(0.002, "adam", 1), 0.97, validation: false);

        var comparison = Compare();

        Assert.Null(comparison.Choice);
        Assert.Equal(
            ["learning_rate 0.002", "learning_rate 0.01", "learning_rate 0.1"], comparison.Groups.Select(comparison.NameOf));
        var caption = ComparisonTables.Caption(comparison);
        Assert.Contains("none is ranked", caption, StringComparison.Ordinal);
        Assert.EndsWith(
            "The order is that of the settings. sweep --set validation=0.2 trains runs that can be ranked.",
            caption,
            StringComparison.Ordinal);
        Assert.Contains("\"ranked\":false", ComparisonPage.Render(comparison, root), StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_OneDatasetWithOtherImages_AreNotSeedsOfOneExperiment()
    {
        RunFixture.Write(root, "a", Config(0.1, "adam", 1), 0.95);
        var other = RunFixture.Write(root, "b", Config(0.1, "adam", 2), 0.97);
        Assert.Single(Compare().Groups);

        var model = JsonNode.Parse(File.ReadAllText(other.Model))!;
        model["dataset"]!["sha256"] = "0123456789abcdef";
        File.WriteAllText(other.Model, model.ToJsonString());

        var comparison = Compare();
        Assert.Equal(["images 01234567", "images aaaaaaaa"], comparison.Groups.Select(comparison.NameOf));
    }

    [Fact]
    public void Groups_OfTwoDataSets_AreRankedEachOnItsOwn()
    {
        RunFixture.Write(root, "a", On("strokes", 0.1), 0.99);
        RunFixture.Write(root, "b", On("mnist", 0.1), 0.90);
        RunFixture.Write(root, "c", On("mnist", 0.01), 0.95);
        RunFixture.Write(root, "d", On("strokes", 0.01), 0.97);

        var comparison = Compare();

        Assert.Equal(2, comparison.DataSets);
        Assert.Equal(["c", "b", "a", "d"], comparison.Groups.Select(group => group.Runs[0].Id));
        Assert.Contains(
            "2 data sets, whose figures do not compare: each is ranked by validation accuracy on its own",
            ComparisonTables.Caption(comparison),
            StringComparison.Ordinal);
        var accuracy = ComparisonTables.Header(comparison).ToList().IndexOf("test accuracy, %");
        Assert.Equal([true, false, true, false], ComparisonTables.Rows(comparison).Select(row => row[accuracy].Best));
        Assert.Contains("\"alone\":false", ComparisonPage.Render(comparison, root), StringComparison.Ordinal);

        static Dictionary<string, object> On(string dataset, double rate) => new(Config(rate, "adam", 1)) { ["dataset"] = dataset };
    }

    [Fact]
    public void ValuesOf_Setting_AveragesOverTheOtherSettings()
    {
        WriteGrid([0.001, 0.01], ["adam", "sgd"], seeds: 3);

        var values = Compare().ValuesOf("optimizer");

        Assert.Equal(["adam", "sgd"], values.Select(value => value.Value));
        Assert.All(values, value => Assert.Equal(6, value.Interval.Count));
        Assert.True(values[0].Interval.Mean > values[1].Interval.Mean);
    }

    [Fact]
    public void Groups_UnfinishedRun_CountsNowhere()
    {
        WriteGrid([0.01], ["adam"], seeds: 2);
        RunFixture.Write(root, "torn", Config(0.01, "adam", 3), 0.1, finished: false);

        var comparison = Compare();

        Assert.Equal(1, comparison.Unfinished);
        Assert.Equal(2, comparison.Groups[0].Of(Measure.TestAccuracy).Count);
        Assert.Contains("1 run is not finished", ComparisonTables.Caption(comparison), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CopyOfARun_CountsOnce()
    {
        RunFixture.Write(root, "one", Config(0.01, "adam", 1), 0.9);
        RunFixture.Write(Path.Combine(root, "copies"), "one", Config(0.01, "adam", 1), 0.9);

        Assert.Equal("one", Assert.Single(RunFinder.Read([root])).Id);
    }

    [Fact]
    public void Markdown_Experiments_MarksTheBestOfEachColumn()
    {
        WriteGrid([0.001, 0.01], ["adam"], seeds: 2);

        var lines = ComparisonTables.Markdown(Compare()).Split('\n');

        Assert.StartsWith("| learning_rate | runs | test accuracy, % |", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^\| 0\.01 \| 2 \| \*\*9\d\.\d\d ± \d\.\d\d\*\* \|", lines[2]);
        Assert.Matches(@"^\| 0\.001 \| 2 \| 9\d\.\d\d ± \d\.\d\d \|", lines[3]);
    }

    [Fact]
    public void Csv_EveryRun_HasItsSettingsAndFigures()
    {
        RunFixture.Write(root, "a", new Dictionary<string, object> { ["variant"] = "my \"net\", big", ["seed"] = 1 }, 0.9);
        var other = new Dictionary<string, object> { ["variant"] = "lenet5", ["seed"] = 1, ["ema"] = 0.99 };
        RunFixture.Write(root, "b", other, 0.8, finished: false);

        var lines = ComparisonTables.Csv(Compare()).Split("\r\n");

        Assert.Equal(
            "run,finished,variant,seed,ema,test_accuracy,validation_accuracy,test_accuracy_flipped,"
            + "test_loss,test_calibration_error,test_brier,temperature,epochs,seconds,images_per_second,parameters",
            lines[0]);
        Assert.StartsWith("a,true,\"my \"\"net\"\", big\",1,,0.9,", lines[1], StringComparison.Ordinal);
        Assert.Equal("b,false,lenet5,1,0.99,,,,,,,,,,,", lines[2]);
    }

    [Fact]
    public void Csv_Safe_HasNoFormulaAndKeepsNumbers()
    {
        RunFixture.Write(
            root, "a", new Dictionary<string, object> { ["variant"] = "=HYPERLINK(\"x\")", ["seed"] = -1 }, 0.9, finished: false);

        var plain = ComparisonTables.Csv(Compare()).Split("\r\n")[1];
        var safe = ComparisonTables.Csv(Compare(), safe: true).Split("\r\n")[1];

        Assert.StartsWith("a,false,\"=HYPERLINK(\"\"x\"\")\",-1,", plain, StringComparison.Ordinal);
        Assert.StartsWith("a,false,\"'=HYPERLINK(\"\"x\"\")\",-1,", safe, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Page_LinksToTheRunsReportsAndNowhereElse()
    {
        WriteGrid([0.001, 0.01], ["adam"], seeds: 1);
        File.WriteAllText(Path.Combine(root, "run-0.01-adam-1", "report.html"), "");

        var html = ComparisonPage.Render(Compare(), Path.Combine(root, "out"));

        Assert.DoesNotMatch("(src|href)=", html);
        var links = Regex.Matches(html, "\"report\":([^,]+),").Select(match => match.Groups[1].Value);
        Assert.Equal(["\"./../run-0.01-adam-1/report.html\"", "null"], links);
    }

    [Fact]
    public async Task Render_Page_HasAChartForEachSettingCurveAndCost()
    {
        WriteGrid([0.001, 0.003, 0.01, 0.03], ["adam", "sgd"], seeds: 3);

        var dom = await DomAsync();

        // two settings, two learning curves, and cost by time: all networks are of one size
        Assert.Equal(5, Regex.Count(dom, "<figure class=\"chart\">"));
        Assert.Contains("class=\"n best\"", dom, StringComparison.Ordinal);
        Assert.Contains("Values of each setting", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_NetworksOfTwoSizes_ShowsTheCostOfSize()
    {
        RunFixture.Write(root, "a", Config(0.01, "adam", 1), 0.95);
        RunFixture.Write(root, "b", Config(0.02, "adam", 1), 0.96, parameters: 100);

        Assert.Contains("<figcaption>Test accuracy against size", await DomAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_ValueThatOnlyUnrankedRunsHave_IsATableRowWithoutADot()
    {
        RunFixture.Write(root, "a", Config(0.01, "adam", 1), 0.95);
        var other = new Dictionary<string, object> { ["dataset"] = "fashion", ["learning_rate"] = 0.01, ["seed"] = 1 };
        RunFixture.Write(root, "b", other, 0.99, validation: false);

        var dom = await DomAsync();

        const string row = "dataset</th><td class=\"\">fashion</td><td class=\"n\">0</td><td class=\"n\">–</td>";
        Assert.Contains(row, dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_SingleUnfinishedRun_IsAPageAllTheSame()
    {
        RunFixture.Write(root, "a", Config(0.01, "adam", 1), 0.9, epochs: 0, finished: false);

        Assert.Contains("no values", await DomAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_FolderOfRuns_WritesPageMarkdownAndCsv()
    {
        WriteGrid([0.001, 0.01], ["adam"], seeds: 2);
        var page = Path.Combine(root, "out", "c.html");

        var (code, output, error) = await TrainerProcess.RunAsync(["compare", root, "--output", page]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("4 runs in 2 experiments", output, StringComparison.Ordinal);
        Assert.Contains($"next: xdg-open {page}\nnext: lenetserve-export export --run {root}", output, StringComparison.Ordinal);
        Assert.All((string[])[".html", ".md", ".csv"], extension => Assert.True(File.Exists(Path.ChangeExtension(page, extension))));
    }

    [Fact]
    public async Task Compare_NoSuchFolder_IsBadInput()
    {
        var (code, _, error) = await TrainerProcess.RunAsync(["compare", Path.Combine(root, "none")]);

        Assert.Equal(3, code);
        Assert.Contains("does not exist, expected a run directory or a folder of runs", error, StringComparison.Ordinal);
    }

    private async Task<string> DomAsync()
    {
        using var browser = new Browser();
        var page = Path.Combine(root, "comparison.html");
        await File.WriteAllTextAsync(page, ComparisonPage.Render(Compare(), root), TestContext.Current.CancellationToken);
        return await browser.DomAsync(page);
    }

    private RunComparison Compare() => new(RunFinder.Read([root]));

    private void WriteGrid(double[] rates, string[] optimizers, int seeds)
    {
        var random = new Random(3);
        foreach (var rate in rates)
            foreach (var optimizer in optimizers)
                for (var seed = 1; seed <= seeds; seed++)
                {
                    var sgd = optimizer == "sgd";
                    var accuracy = 0.98 - 0.02 * Math.Abs(Math.Log10(rate / 0.012)) - (sgd ? 0.006 : 0) + 0.003 * random.NextDouble();
                    var seconds = sgd ? 1.6 : 2 + random.NextDouble();
                    RunFixture.Write(
                        root, $"run-{rate}-{optimizer}-{seed}", Config(rate, optimizer, seed), accuracy, secondsPerEpoch: seconds);
                }
    }

    private static Dictionary<string, object> Config(double rate, string optimizer, int seed) =>
        new() { ["dataset"] = "mnist", ["learning_rate"] = rate, ["optimizer"] = optimizer, ["seed"] = seed };
}
