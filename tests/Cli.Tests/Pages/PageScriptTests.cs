using LeNetServe.Tests;

namespace LeNetServe.Cli.Tests.Pages;

/// <summary>The script that all pages share, in a browser.</summary>
public sealed class PageScriptTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly Browser browser = new();

    public void Dispose()
    {
        browser.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Ticks_AxesOfAllKinds_AreRound()
    {
        (string Axis, string Low, string High, string Expected)[] cases =
        [
            ("{}", "0", "1", "0.0 0.2 0.4 0.6 0.8 1.0"),
            ("{}", "0", "10000", "0 2,000 4,000 6,000 8,000 10,000"),
            ("{}", "-3", "4", "-2 0 2 4"),
            ("{ percent: true }", "0.99", "0.997", "99.0\u00A0% 99.2\u00A0% 99.4\u00A0% 99.6\u00A0%"),
            ("{ log: true }", "0.001", "0.1", "0.001 0.002 0.005 0.01 0.02 0.05 0.1"),
            ("{ log: true }", "1", "100000", "1 10 100 1,000 10,000 100,000"),
            ("{ log: true }", "1.2", "1.6", "1.2 1.3 1.4 1.5 1.6"),
            ("{ whole: true }", "0", "2", "0 1 2"),
            ("{ log: true, labeled: [64, 128, 512] }", "64", "512", "64 128 512"),
        ];
        var calls = cases.Select(one => $"labels({one.Axis}, {one.Low}, {one.High})");

        var found = await RunAsync($$"""
            const labels = (axis, low, high) => {
              const [at, step] = ticks(axis, low, high, 5);
              return at.map(value => tickLabel(axis, value, step)).join(" ");
            };
            document.body.textContent = [{{string.Join(", ", calls)}}].join("\n");
            """);

        Assert.Equal(cases.Select(one => one.Expected), found.Split('\n'));
    }

    [Fact]
    public async Task ClassFigures_PrecisionAndRecall_FollowTheirDefinitions()
    {
        var found = await RunAsync("""
            const [zero, one, two] = classFigures([[2, 1, 0], [1, 1, 0], [0, 0, 0]]);
            const shares = [zero.precision, zero.recall, one.precision, one.f1, two.recall];
            document.body.textContent = shares.map(share => share.toFixed(4)).join(" ");
            """);

        Assert.Equal("0.6667 0.6667 0.5000 0.5000 NaN", found);
    }

    [Fact]
    public async Task Chart_SharesWithAnIntervalBeyondOne_EndAtOne()
    {
        var found = await RunAsync("""
            const made = chart({ title: "t", x: { title: "x" }, y: { title: "y", percent: true },
              series: [{ line: false, points: [{ x: 1, y: 0.99, low: 0.97, high: 1.02 }, { x: 2, y: null }] }] });
            document.body.append(made);
            document.body.textContent = [...made.querySelectorAll("text")].map(text => text.textContent).join(" ");
            """);

        Assert.Contains("100\u00A0%", found, StringComparison.Ordinal);
        Assert.DoesNotContain("101", found, StringComparison.Ordinal);
    }

    /// <summary>Runs the shared script and the given lines in one module, as a page does, and gets the body's text.</summary>
    private async Task<string> RunAsync(string script)
    {
        var page = directory["page.html"];
        var html = $"<!doctype html><body><script type=\"module\">\n{PageTests.Resource("page.js")}\n{script}</script></body>";
        await File.WriteAllTextAsync(page, html, TestContext.Current.CancellationToken);
        return await browser.EvaluateAsync(page, 800, "page.body.textContent");
    }
}
