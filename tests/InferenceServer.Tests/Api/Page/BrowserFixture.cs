using Microsoft.Playwright;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

/// <summary>One Chromium for all tests of the page.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Executable))
            return;
        Assertions.SetDefaultExpectTimeout(OpenPage.Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"],
        });
    }

    /// <summary>Opens the page in a tab of its own.</summary>
    internal async Task<OpenPage> OpenAsync(string address, BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(browser is null, $"{Executable} is not installed here");
        var context = await browser.NewContextAsync(options ?? new());
        return await OpenPage.OpenAsync(context, address);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
