using LeNetServe.Serving;
using Microsoft.Playwright;

namespace LeNetServe.Page;

/// <summary>The pictures of the page in the documents: a drawn 7, its answer, its heat map and every layer.</summary>
internal static class PagePictures
{
    private const string Answered = "() => document.getElementById('answer').textContent.startsWith('7, ')";

    private static readonly (double X, double Y)[] Seven =
        [(.3, .25), (.45, .24), (.6, .24), (.72, .25), (.66, .4), (.58, .55), (.5, .7), (.44, .85)];

    /// <summary>Writes page.png, page-dark.png and page-phone-dark.png into a folder.</summary>
    public static async Task<int> WriteAsync(string serverDll, string models, string model, string folder)
    {
        using var server = await ServerProcess.ServeAsync(serverDll, models, pinned: false);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] });
        foreach (var (name, width, height, scheme) in new[]
        {
            ("page.png", 1440, 820, ColorScheme.Light), ("page-dark.png", 1440, 820, ColorScheme.Dark),
            ("page-phone-dark.png", 390, 1500, ColorScheme.Dark),
        })
        {
            var isPhone = width < height;
            await using var context = await browser.NewContextAsync(new()
            {
                ViewportSize = new() { Width = width, Height = height },
                ColorScheme = scheme,
                IsMobile = isPhone,
                HasTouch = isPhone,
            });
            var page = await context.NewPageAsync();
            await page.GotoAsync(server.Http);
            await page.SelectOptionAsync("#model", $"{model}/1");
            // The second drawing has the times of a server that is warm.
            await DrawAsync(page);
            await page.ClickAsync("#clear");
            await DrawAsync(page);
            await page.ClickAsync("#explain");
            await page.WaitForSelectorAsync("#why:visible");
            await page.Mouse.MoveAsync(1, 1);
            await page.EvaluateAsync("() => { document.activeElement.blur(); scrollTo(0, 0); }");
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name) });
        }
        return 0;
    }

    private static async Task DrawAsync(IPage page)
    {
        var box = (await page.Locator("#pad").BoundingBoxAsync())!;
        foreach (var (index, (x, y)) in Seven.Index())
        {
            await page.Mouse.MoveAsync((float)(box.X + (x * box.Width)), (float)(box.Y + (y * box.Height)), new() { Steps = 4 });
            if (index == 0)
                await page.Mouse.DownAsync();
        }
        await page.Mouse.UpAsync();
        await page.WaitForFunctionAsync(Answered);
    }
}
