using System.ComponentModel;
using System.Diagnostics;
using LeNetServe.Trainer.Comparison;
using LeNetServe.Trainer.Reports;
using SkiaSharp;

namespace LeNetServe.Trainer.Tests.Reports;

public sealed class BrowserTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-browser-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Report_InABrowser_IsDrawnInTheReadersColours(bool dark)
    {
        var run = RunFixture.Write(root, "a", new Dictionary<string, object> { ["seed"] = 1 }, 0.94);
        RunReport.Write(run, RunFixture.Evidence(RunFixture.Images()));

        await AssertDrawn(run.Report, dark);
    }

    [Fact]
    public async Task Comparison_InABrowser_IsDrawn()
    {
        for (var seed = 1; seed <= 3; seed++)
            RunFixture.Write(root, $"run{seed}", new Dictionary<string, object> { ["seed"] = seed }, 0.94 + 0.001 * seed);
        var page = Path.Combine(root, "comparison.html");
        await File.WriteAllTextAsync(page, ComparisonPage.Render(new(RunFinder.Read([root]))), TestContext.Current.CancellationToken);

        await AssertDrawn(page, dark: false);
    }

    /// <summary>Paper and the first series' colour of page.css are on the picture, the colour as a line's worth of pixels.</summary>
    private async Task AssertDrawn(string page, bool dark)
    {
        using var picture = await ScreenshotAsync(page, dark);
        var (paper, line) = dark ? (SKColor.Parse("#14161a"), SKColor.Parse("#6ea8ec")) : (SKColor.Parse("#fdfcfa"), SKColor.Parse("#2563b0"));

        Assert.Equal(paper, picture.GetPixel(3, 3));
        Assert.InRange(picture.Pixels.Count(pixel => Distance(pixel, line) < 40), 500, picture.Pixels.Length / 10);
    }

    private async Task<SKBitmap> ScreenshotAsync(string page, bool dark)
    {
        var picture = Path.Combine(root, "page.png");
        string[] theme = dark ? ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] : ["--blink-settings=preferredColorScheme=1"];
        var start = new ProcessStartInfo("chromium",
            ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", $"--user-data-dir={root}/profile", "--window-size=1200,1600", .. theme, $"--screenshot={picture}", $"file://{page}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var browser = Process.Start(start)!;
            var error = browser.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await browser.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await browser.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(File.Exists(picture), await error);
        }
        catch (Win32Exception)
        {
            Assert.Skip("chromium is not installed here");
        }
        return SKBitmap.Decode(picture);
    }

    private static int Distance(SKColor one, SKColor other) =>
        Math.Abs(one.Red - other.Red) + Math.Abs(one.Green - other.Green) + Math.Abs(one.Blue - other.Blue);
}
