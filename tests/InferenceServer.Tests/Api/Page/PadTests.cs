using Microsoft.Playwright;
using SkiaSharp;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

public sealed class PadTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Draw_WithAPen_IsWiderUnderPressure()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);
        var protocol = await page.Tab.Context.NewCDPSessionAsync(page.Tab);
        var paper = await page.LitPixelsAsync("#pad");
        var box = (await page.Tab.Locator("#pad").BoundingBoxAsync())!;

        var light = await InkAsync(0.1);
        var firm = await InkAsync(1);

        // The width is 0.52 of a mouse's at a tenth of the pressure, and 1.6 at all of it.
        Assert.InRange((double)firm / light, 2.5, 3.7);

        async Task<int> InkAsync(double force)
        {
            await MoveAsync("mousePressed", .2, force);
            for (var y = .2; y < .8; y += .05)
                await MoveAsync("mouseMoved", y, force);
            await MoveAsync("mouseReleased", .8, 0);
            var ink = paper - await page.LitPixelsAsync("#pad");
            await page.Tab.ClickAsync("#clear");
            return ink;
        }

        Task MoveAsync(string type, double y, double force) => protocol.SendAsync("Input.dispatchMouseEvent", new()
        {
            ["type"] = type,
            ["x"] = box.X + (.5 * box.Width),
            ["y"] = box.Y + (y * box.Height),
            ["button"] = "left",
            ["buttons"] = 1,
            ["clickCount"] = 1,
            ["pointerType"] = "pen",
            ["force"] = force,
        });
    }

    [Fact]
    public async Task Undo_StrokesAndAnImage_BringsBackEachContentBefore()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);
        await page.DrawAsync(Drawings.Strokes["1"]);
        await page.AnswersAsync("1");
        await page.DropAsync("seven.png", "image/png", Pictures.Png(Drawings.Seven(28), 28, 28));
        await page.AnswersAsync("7");
        await page.DrawAsync(Drawings.Strokes["0"]);
        await page.AnswersAsync("0");
        await page.Tab.ClickAsync("#clear");
        await Assertions.Expect(page.Answer).ToHaveTextAsync("–");

        foreach (var label in new[] { "0", "7", "1" })
        {
            await page.Tab.ClickAsync("#undo");
            await page.AnswersAsync(label);
        }
        await page.Tab.ClickAsync("#undo");
        await Assertions.Expect(page.Answer).ToHaveTextAsync("–");
        await Assertions.Expect(page.Tab.Locator("#hint")).ToBeVisibleAsync();
        await page.Tab.ClickAsync("#undo");
        await Assertions.Expect(page.Answer).ToHaveTextAsync("–");
    }

    [Fact]
    public async Task Save_ADrawing_IsAPngThatIsAnsweredAlike()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);
        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");
        var answer = await page.Answer.TextContentAsync();

        var download = await page.Tab.RunAndWaitForDownloadAsync(() => page.Tab.ClickAsync("#save"));

        Assert.Equal("drawing.png", download.SuggestedFilename);
        var path = await download.PathAsync();
        using (var picture = SKBitmap.Decode(path))
            Assert.Equal((280, 280), (picture.Width, picture.Height));
        await page.Tab.ClickAsync("#clear");
        await Assertions.Expect(page.Answer).ToHaveTextAsync("–");
        await page.Tab.SetInputFilesAsync("#choose", path);
        await Assertions.Expect(page.Answer).ToHaveTextAsync(answer!);
    }
}
