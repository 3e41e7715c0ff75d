using System.Text.RegularExpressions;
using System.Xml.Linq;
using LeNetServe.Runs;
using LeNetServe.Tests;
using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Tests.Reports;

public sealed partial class RunReportTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-report-").FullName;
    private readonly Browser browser = new();

    public void Dispose()
    {
        browser.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void Flatten_HalfOfASurrogatePair_NamesTheFile()
    {
        var path = Path.Combine(root, "environment.json");
        File.WriteAllText(path, """{"cpu":"\ud800"}""");

        Assert.Equal(
            $"{path}: the text \"\\ud800\" has half of a surrogate pair, expected both halves",
            Assert.Throws<InvalidDataException>(() => RecordedRun.Flatten(path)).Message);
    }

    [Fact]
    public void Write_FinishedRun_IsOneFileWithoutOutsideAddress()
    {
        var html = Written();

        Assert.DoesNotMatch("(src|href)=", html);
        Assert.DoesNotMatch(@"url\(", html);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FinishedRun_SaysItsMainFiguresWithoutJavaScript()
    {
        var html = Written();

        Assert.Contains("<h1>lenet5 on toys</h1>", html, StringComparison.Ordinal);
        Assert.Matches("Run a: 94.00 % of 400 test images are right. Finished on 20[0-9-]{8} at [0-9:]{5} UTC.", html);
    }

    [Fact]
    public async Task Write_FinishedRun_ShowsEverySection()
    {
        Written();
        var dom = await browser.DomAsync(Path.Combine(root, "a", "report.html"));

        string[] headings = ["Learning curves", "Classes", "Certainty", "Most confident mistakes", "Inside the network", "Settings"];
        foreach (var heading in headings)
            Assert.Contains($"<h2>{heading}</h2>", dom, StringComparison.Ordinal);
        Assert.Contains("&lt;four&gt;", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("<four>", dom, StringComparison.Ordinal);
        Assert.Equal(6, Regex.Count(dom, "<figure class=\"chart\">"));
        // 400 images, of which every 17th from the 4th on is wrong: 24
        Assert.Equal(24, Regex.Count(dom, "<figure class=\"tile\"><canvas"));
        Assert.DoesNotContain("the second picture", dom, StringComparison.Ordinal);
        Assert.Contains("<dt>test accuracy</dt><dd>94.00&nbsp;%</dd>", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_MistakesWithGradients_ShowsRedWhereBrighterPixelsSpeakForTheAnswer()
    {
        var run = RunFixture.Write(root, "e", new Dictionary<string, object> { ["seed"] = 1 }, 0.94);
        var evidence = RunFixture.Evidence(RunFixture.Images());
        var gradients = new float[evidence.Mistakes.Length * 32 * 32];
        for (var mistake = 0; mistake < evidence.Mistakes.Length; mistake++)
            (gradients[mistake * 32 * 32], gradients[(mistake * 32 * 32) + 1]) = (0.5f, -0.5f);
        (evidence with { MistakeGradients = gradients }).Write(run);
        RunReport.Write(run);

        const string Pixels = """
            [...page.querySelectorAll(".tile canvas:nth-of-type(2)")]
              .map(canvas => [...canvas.getContext("2d").getImageData(0, 0, 3, 1).data])
              .map(pixels => pixels.join(" ")).filter((text, index, all) => index === all.indexOf(text)).join("; ")
            """;
        Assert.Equal("255 64 0 255 0 96 255 255 255 254 254 255", await browser.EvaluateAsync(run.Report, 1280, Pixels));
        Assert.Equal("24", await browser.EvaluateAsync(run.Report, 1280, "page.querySelectorAll('.tile canvas:nth-of-type(2)').length"));
        Assert.Contains("id=\"explain-heat\">Brighter pixels", await browser.DomAsync(run.Report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_Charts_AreWellFormedWithTheirOwnIdsAndNoFixedColor()
    {
        Written();
        var dom = await browser.DomAsync(Path.Combine(root, "a", "report.html"));
        var svgs = Svg().Matches(dom.Replace("&nbsp;", " ", StringComparison.Ordinal)).Select(match => XElement.Parse(match.Value));

        var elements = svgs.SelectMany(svg => svg.DescendantsAndSelf()).ToList();
        var ids = elements.Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(12, ids.Count);
        Assert.Equal(ids.Distinct().Count(), ids.Count);
        Assert.All(elements.Attributes().Where(attribute => attribute.Name == "stroke" || attribute.Name == "fill"), attribute =>
            Assert.True(attribute.Value == "none" || attribute.Value.StartsWith("var(--", StringComparison.Ordinal), attribute.Value));
        var charts = svgs.Where(svg => (string?)svg.Attribute("role") == "img").ToList();
        Assert.All(charts, svg => Assert.True(svg.Elements().Count(element => element.Name.LocalName == "text") > 6));
        Assert.All(charts, svg => Assert.Equal(["title", "desc"], svg.Elements().Take(2).Select(element => element.Name.LocalName)));
    }

    [Theory]
    [InlineData("lenet5-1998", "seed", 1, "the MAP criterion")]
    [InlineData("lenet5", "label_smoothing", 0.1, "cross-entropy with label smoothing")]
    [InlineData("lenet5", "teacher", "runs/a", "cross-entropy and distance to the teachers")]
    [InlineData("lenet5", "label_smoothing", 0, null)]
    public async Task Write_LossCurves_ShareAnAxisOnlyIfTheyAreTheSameMeasure(string variant, string key, object value, string? criterion)
    {
        var run = RunFixture.Write(root, "c", new Dictionary<string, object> { [key] = value }, 0.94, variant: variant);
        RunFixture.Evidence(RunFixture.Images()).Write(run);
        RunReport.Write(run);
        var dom = await browser.DomAsync(run.Report);

        string[] titles =
        [
            .. Regex.Matches(dom, "<figcaption>([^<]*[Ll]oss)<").Select(match => match.Groups[1].Value),
            .. Regex.Matches(dom, ">(mean [^<]*, nats)<").Select(match => match.Groups[1].Value),
        ];
        string[] own = ["Training loss", "Validation loss", $"mean of {criterion}, nats", "mean cross-entropy, nats"];
        Assert.Equal(criterion is null ? ["Loss", "mean cross-entropy, nats"] : own, titles);
    }

    [Fact]
    public async Task Write_OneEpochThatEndsAtRateZero_HasNoRateBelowZero()
    {
        var run = RunFixture.Write(root, "d", new Dictionary<string, object> { ["seed"] = 1 }, 0.94, epochs: 1);
        File.WriteAllText(run.Metrics, """{"epoch":1,"train_loss":0.5,"learning_rate":0}""" + "\n");
        RunFixture.Evidence(RunFixture.Images()).Write(run);
        RunReport.Write(run);
        var dom = await browser.DomAsync(run.Report);

        var svgs = Svg().Matches(dom).Select(match => match.Value);
        var svg = svgs.Single(svg => svg.Contains(">Learning rate</title>", StringComparison.Ordinal));

        Assert.DoesNotContain(">-", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_DataSetOfFiles_NamesTheMistakesFiles()
    {
        var images = RunFixture.Images();
        var run = RunFixture.Write(root, "e", new Dictionary<string, object> { ["seed"] = 1 }, 0.94);
        string[] names = [.. Enumerable.Range(0, images.Count).Select(image => $"seven/picture {image}.png")];
        (RunFixture.Evidence(images with { Files = names })).Write(run);
        RunReport.Write(run);

        var html = File.ReadAllText(run.Report);

        // The fourth image is the first that the fixture answers wrongly.
        Assert.Contains("seven/picture 3.png", html, StringComparison.Ordinal);
        Assert.DoesNotContain("seven/picture 4.png", html, StringComparison.Ordinal);
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

    private string Written()
    {
        var config = new Dictionary<string, object> { ["dataset"] = "toys", ["learning_rate"] = 0.01, ["seed"] = 3 };
        var run = RunFixture.Write(root, "a", config, 0.94);
        RunFixture.Evidence(RunFixture.Images()).Write(run);
        RunReport.Write(run);
        return File.ReadAllText(run.Report);
    }

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();
}
