using System.Diagnostics;
using System.Globalization;
using LeNetServe.Serving;
using Microsoft.Playwright;

namespace LeNetServe.Page;

/// <summary>One measurement of everything.</summary>
internal static class PageRun
{
    private const int Strokes = 40;
    private const int Moves = 30;
    private const int Visits = 9;
    private const int Calls = 1000;

    /// <summary>
    /// Notes the oldest movement that each picture covers, and the time when the layers of its answer are drawn. The page makes the picture
    /// with toDataURL, and sets the text of #time after it has drawn the layers; the next frame shows both.
    /// </summary>
    private const string Watch = """
        window.latencies = [];
        let oldest = null;
        const covered = [];
        addEventListener("pointermove", event => { if (event.buttons) oldest ??= event.timeStamp; }, true);
        const toDataURL = HTMLCanvasElement.prototype.toDataURL;
        HTMLCanvasElement.prototype.toDataURL = function (...rest) {
          covered.push(oldest);
          oldest = null;
          return toDataURL.apply(this, rest);
        };
        addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
          const since = covered.shift();
          if (since != null)
            requestAnimationFrame(() => window.latencies.push(performance.now() - since));
        }).observe(document.getElementById("time"), { childList: true, characterData: true, subtree: true }));
        """;

    private const string Weigh = """
        [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
          .filter(one => !one.name.includes("/v1/")).reduce((sum, one) => sum + one.encodedBodySize, 0)
        """;

    private const string CompareCalls = """
        async ([model, calls]) => {
          const file = await new Promise(done => document.getElementById("pad").toBlob(done, "image/png"));
          const call = async verb => {
            const started = performance.now();
            await (await fetch(`/v1/models/${model}:${verb}`, { method: "POST", body: file })).arrayBuffer();
            return performance.now() - started;
          };
          const times = { "classify": [], "explain?attribution=gradient": [] };
          for (let index = 0; index < calls; index++)
            for (const verb in times)
              times[verb].push(await call(verb));
          return Object.values(times).map(all => all.sort((one, other) => one - other)[calls >> 1]);
        }
        """;

    /// <summary>Measures and prints. Returns 0 if every aim is met, else 4.</summary>
    public static async Task<int> MeasureAsync(string serverDll, string models, string model)
    {
        if (OperatingSystem.IsLinux())
            Process.GetCurrentProcess().ProcessorAffinity = 2;
        using var server = await ServerProcess.ServeAsync(serverDll, models, pinned: true);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] });
        var paints = new List<double>();
        var weight = 0;
        for (var visit = 0; visit < Visits; visit++)
        {
            var (paint, bytes) = await VisitAsync(browser, server.Http);
            paints.Add(paint);
            weight = bytes;
        }
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        await context.AddInitScriptAsync(Watch);
        var page = await context.NewPageAsync();
        await page.GotoAsync(server.Http);
        await page.SelectOptionAsync("#model", $"{model}/1");
        await DrawAsync(page);
        await page.EvaluateAsync("window.latencies.length = 0");
        for (var stroke = 0; stroke < Strokes; stroke++)
            await DrawAsync(page);
        var latencies = await page.EvaluateAsync<double[]>("window.latencies");
        var calls = await page.EvaluateAsync<double[]>(CompareCalls, new object[] { model, Calls });
        Array.Sort(latencies);
        return Print($"movement to layers drawn, p50 of {latencies.Length} answers, ms", latencies[latencies.Length / 2], double.MaxValue)
            & Print("movement to layers drawn, p95, ms", latencies[(int)(0.95 * latencies.Length)], 33)
            & Print("weight of the page, kB", weight / 1000.0, 150)
            & Print($"first paint, median of {Visits} visits with an empty cache, ms", paints.Order().ElementAt(Visits / 2), 300)
            & Print("Classify of a PNG in the browser, median, ms", calls[0], double.MaxValue)
            & Print("Explain with layers and gradient, of Classify", calls[1] / calls[0], 3)
            ? 0 : 4;
    }

    private static async Task<(double Paint, int Bytes)> VisitAsync(IBrowser browser, string address)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(address, new() { WaitUntil = WaitUntilState.NetworkIdle });
        var paint = await page.EvaluateAsync<double>("performance.getEntriesByName('first-paint')[0].startTime");
        return (paint, await page.EvaluateAsync<int>(Weigh));
    }

    /// <summary>Draws a circle at the pace of a hand, with a movement each 16 ms.</summary>
    private static async Task DrawAsync(IPage page)
    {
        await page.ClickAsync("#clear");
        var box = (await page.Locator("#pad").BoundingBoxAsync())!;
        for (var move = 0; move <= Moves; move++)
        {
            var angle = 2 * Math.PI * move / Moves;
            var x = box.X + (box.Width * (0.5 + (0.2 * Math.Sin(angle))));
            var y = box.Y + (box.Height * (0.5 - (0.3 * Math.Cos(angle))));
            await page.Mouse.MoveAsync((float)x, (float)y);
            if (move == 0)
                await page.Mouse.DownAsync();
            await Task.Delay(16);
        }
        await page.Mouse.UpAsync();
        await Task.Delay(200);
    }

    private static bool Print(string figure, double value, double aim)
    {
        var verdict = aim == double.MaxValue ? "" : value <= aim ? $"≤ {aim}" : $"MISSED: ≤ {aim}";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure,-72} {value,8:0.0}  {verdict}"));
        return value <= aim;
    }
}
