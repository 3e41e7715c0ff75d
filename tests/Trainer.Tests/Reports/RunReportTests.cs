using System.Text.RegularExpressions;
using System.Xml.Linq;
using LeNetServe.Runs;
using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Tests.Reports;

public sealed partial class RunReportTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-report-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Write_FinishedRun_IsOneFileWithoutScriptOrOutsideAddress()
    {
        var html = Written();

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", html);
        Assert.DoesNotMatch(@"url\((?!#)", html);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FinishedRun_ShowsEverySection()
    {
        var html = Written();

        foreach (var heading in (string[])["Learning curves", "Confusion matrix", "Classes", "Most confident mistakes", "Inside the network", "Settings"])
            Assert.Contains($"<h2>{heading}</h2>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;four&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<four>", html, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(html, "<figure class=\"chart\">"));
        // 400 images, of which every 17th from the 4th on is wrong: 24
        Assert.Equal(24, Regex.Count(html, "<figure><img"));
        Assert.Contains("<b>94.00\u00A0%</b><span>test accuracy</span>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Charts_AreWellFormedWithTheirOwnIdsAndNoFixedColour()
    {
        var svgs = Svg().Matches(Written()).Select(match => XElement.Parse(match.Value)).ToList();

        var ids = svgs.SelectMany(svg => svg.DescendantsAndSelf().Attributes("id")).Select(id => id.Value).ToList();
        Assert.Equal(ids.Distinct().Count(), ids.Count);
        Assert.All(svgs, svg => Assert.All(svg.Descendants().Attributes().Where(attribute => attribute.Name == "stroke" || attribute.Name == "fill"),
            attribute => Assert.True(attribute.Value == "none" || attribute.Value.StartsWith("var(--", StringComparison.Ordinal), attribute.Value)));
        Assert.All(svgs, svg => Assert.True(svg.Elements("text").Count() > 6));
    }

    [Theory]
    [InlineData("lenet5-1998", "seed", 1, "the MAP criterion")]
    [InlineData("lenet5", "label_smoothing", 0.1, "cross-entropy with label smoothing")]
    [InlineData("lenet5", "teacher", "runs/a", "cross-entropy and distance to the teachers")]
    [InlineData("lenet5", "label_smoothing", 0, null)]
    public void Write_LossCurves_ShareAnAxisOnlyWhereTheyAreTheSameMeasure(string variant, string key, object value, string? criterion)
    {
        var run = RunFixture.Write(root, "c", new Dictionary<string, object> { [key] = value }, 0.94, variant: variant);
        RunReport.Write(run, RunFixture.Evidence(RunFixture.Images()));
        var html = File.ReadAllText(run.Report);

        string[] titles = [.. Regex.Matches(html, "<figcaption>([^<]*[Ll]oss)<").Select(match => match.Groups[1].Value), .. Regex.Matches(html, ">(mean [^<]*, nats)<").Select(match => match.Groups[1].Value)];
        Assert.Equal(
            criterion is null ? ["Loss", "mean cross-entropy, nats"] : ["Training loss", "Validation loss", $"mean of {criterion}, nats", "mean cross-entropy, nats"], titles);
    }

    [Fact]
    public void Write_OneEpochThatEndsAtRateZero_HasNoRateBelowZero()
    {
        var run = RunFixture.Write(root, "d", new Dictionary<string, object> { ["seed"] = 1 }, 0.94, epochs: 1);
        File.WriteAllText(run.Metrics, """{"epoch":1,"train_loss":0.5,"learning_rate":0}""" + "\n");
        RunReport.Write(run, RunFixture.Evidence(RunFixture.Images()));

        var svg = Svg().Matches(File.ReadAllText(run.Report)).Select(match => match.Value).Single(svg => svg.Contains("aria-label=\"Learning rate\"", StringComparison.Ordinal));

        Assert.DoesNotContain(">-", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Again_GivesTheSamePage()
    {
        var first = Written();
        var run = new RunDirectory(Path.Combine(root, "a"));
        File.Delete(run.Report);

        RunReport.Write(run);

        Assert.Equal(first, File.ReadAllText(run.Report));
    }

    [Fact]
    public void Write_UnfinishedRun_SaysWhatIsMissing()
    {
        var run = RunFixture.Write(root, "b", new Dictionary<string, object> { ["seed"] = 1 }, 0.9, finished: false);

        var exception = Assert.Throws<FileNotFoundException>(() => RunReport.Write(run));

        Assert.Contains("report.safetensors", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_ManyMistakes_KeepsThe32MostConfident()
    {
        var test = RunFixture.Images(2000);
        var evidence = RunFixture.Evidence(test);
        var answers = evidence.Answers();
        var worst = Enumerable.Range(0, test.Count).Where(image => answers[image] != test.Labels[image])
            .OrderByDescending(image => evidence.Probabilities[image * 10 + answers[image]]).Take(32);

        Assert.Equal(worst, evidence.Mistakes);
        Assert.Equal(32 * test.Shape.Count, evidence.MistakePixels.Length);
        Assert.Equal(test.Image(evidence.Mistakes[31]), evidence.MistakePixels.AsSpan(31 * test.Shape.Count));
    }

    [Fact]
    public void Precision_AndRecall_FollowTheirDefinitions()
    {
        var confusion = new Confusion(3, [0, 0, 0, 1, 1], [0, 0, 1, 1, 0]);

        Assert.Equal(2.0 / 3, confusion.Precision(0));
        Assert.Equal(2.0 / 3, confusion.Recall(0));
        Assert.Equal(0.5, confusion.Precision(1));
        Assert.Equal(0.5, confusion.F1(1));
        Assert.True(double.IsNaN(confusion.Recall(2)));
    }

    private string Written()
    {
        var run = RunFixture.Write(root, "a", new Dictionary<string, object> { ["dataset"] = "toys", ["learning_rate"] = 0.01, ["seed"] = 3 }, 0.94);
        RunReport.Write(run, RunFixture.Evidence(RunFixture.Images()));
        if (Environment.GetEnvironmentVariable("LENETSERVE_KEEP") is { Length: > 0 } keep)
            File.Copy(run.Report, Path.Combine(keep, "report.html"), overwrite: true);
        return File.ReadAllText(run.Report);
    }

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();
}
