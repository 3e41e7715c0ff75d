using System.ComponentModel;
using System.Diagnostics;
using System.Net;

namespace LeNetServe.Tests;

/// <summary>Opens pages in Chromium. A test that needs it is skipped on machines without it.</summary>
internal sealed class Browser : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("lenetserve-browser-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Gets the page's elements as HTML, after its scripts have run.</summary>
    public Task<string> DomAsync(string page) => RunAsync("--dump-dom", $"file://{page}");

    /// <summary>Gets the file of a picture of the page.</summary>
    public async Task<string> ScreenshotAsync(string page, bool dark = false)
    {
        var picture = Path.Combine(folder, "page.png");
        string[] theme = dark
            ? ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"]
            : ["--blink-settings=preferredColorScheme=1"];
        await RunAsync(["--window-size=1200,1600", .. theme, $"--screenshot={picture}", $"file://{page}"]);
        return picture;
    }

    /// <summary>Gets the text of an expression of JavaScript. In it <c>page</c> is the page's document, in a frame of that width.</summary>
    public async Task<string> EvaluateAsync(string page, int width, string expression)
    {
        var outer = Path.Combine(folder, "frame.html");
        await File.WriteAllTextAsync(outer, $"""
            <!doctype html><iframe style="width:{width}px;height:900px;border:0" src="file://{page}"></iframe><output></output>
            <script>
            addEventListener("load", () => setTimeout(() => {"{"}
              const page = document.querySelector("iframe").contentDocument;
              document.querySelector("output").textContent = {expression};
            {"}"}, 1000));
            </script>
            """, TestContext.Current.CancellationToken);
        var dom = await RunAsync("--allow-file-access-from-files", "--virtual-time-budget=3000", "--dump-dom", $"file://{outer}");
        var start = dom.IndexOf("<output>", StringComparison.Ordinal) + "<output>".Length;
        return WebUtility.HtmlDecode(dom[start..dom.IndexOf("</output>", StringComparison.Ordinal)]);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        string[] quiet =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            $"--user-data-dir={Path.Combine(folder, "profile")}",
        ];
        var start = new ProcessStartInfo("chromium", [.. quiet, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var browser = Process.Start(start)!;
            var error = browser.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await browser.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await browser.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(browser.ExitCode == 0, await error);
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Skip("chromium is not installed here");
            return "";
        }
    }
}
