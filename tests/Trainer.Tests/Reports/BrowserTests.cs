using LeNetServe.Tests;
using LeNetServe.Trainer.Comparison;
using LeNetServe.Trainer.Reports;
using SkiaSharp;

namespace LeNetServe.Trainer.Tests.Reports;

public sealed class BrowserTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-browser-").FullName;
    private readonly Browser browser = new();

    public void Dispose()
    {
        browser.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Report_InABrowser_IsDrawnInTheReadersColors(bool dark) => await AssertDrawn(WriteReport(), dark);

    [Fact]
    public async Task Comparison_InABrowser_IsDrawn() => await AssertDrawn(WriteComparison(), dark: false);

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Pages_OnAPhoneAndADesk_FitTheScreenWithReadableCharts(int width)
    {
        foreach (var page in (string[])[WriteReport(), WriteComparison()])
        {
            var found = await browser.EvaluateAsync(page, width, """
                [page.documentElement.scrollWidth, ...new Set([...page.querySelectorAll(".chart svg[role=img]")].map(svg =>
                  Math.round(12 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)))].join(" ")
                """);

            Assert.Equal($"{width} 12", found);
        }
    }

    private string WriteReport()
    {
        var run = RunFixture.Write(root, "a", new Dictionary<string, object> { ["seed"] = 1 }, 0.94);
        RunFixture.Evidence(RunFixture.Images()).Write(run);
        RunReport.Write(run);
        return run.Report;
    }

    private string WriteComparison()
    {
        for (var seed = 1; seed <= 3; seed++)
            RunFixture.Write(root, $"run{seed}", new Dictionary<string, object> { ["seed"] = seed }, 0.94 + 0.001 * seed);
        var page = Path.Combine(root, "comparison.html");
        File.WriteAllText(page, ComparisonPage.Render(new(RunFinder.Read([root])), root));
        return page;
    }

    /// <summary>Checks that the picture has the paper of page.css and a line's worth of pixels in the first series' color.</summary>
    private async Task AssertDrawn(string page, bool dark)
    {
        using var picture = SKBitmap.Decode(await browser.ScreenshotAsync(page, dark));
        var paper = SKColor.Parse(dark ? "#14161a" : "#fdfcfa");
        var line = SKColor.Parse(dark ? "#6ea8ec" : "#2563b0");

        Assert.Equal(paper, picture.GetPixel(3, 3));
        Assert.InRange(picture.Pixels.Count(pixel => Distance(pixel, line) < 40), 500, picture.Pixels.Length / 10);
    }

    private static int Distance(SKColor one, SKColor other) =>
        Math.Abs(one.Red - other.Red) + Math.Abs(one.Green - other.Green) + Math.Abs(one.Blue - other.Blue);
}
