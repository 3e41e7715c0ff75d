using LeNetServe.InferenceServer.Inference;
using LeNetServe.TestPictures;
using Microsoft.Playwright;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

public sealed class GiveTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Give_FilesOfAllKinds_AreAnsweredOrExplained()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.DropAsync("seven.png", "image/png", Pictures.Png(Drawings.Seven(28), 28, 28));
        await page.AnswersAsync("7");
        page.Allowed = ["status of 400"];
        await page.DropAsync("notes.txt", "text/plain", "a text"u8.ToArray());
        await Assertions.Expect(page.Notice).ToContainTextAsync("PNG");
        var seven = Drawings.Seven(1400);
        var large = BmpWriter.Write(1400, 1400, (x, y) => (seven[(y * 1400) + x], seven[(y * 1400) + x], seven[(y * 1400) + x]));
        Assert.True(large.Length > new LimitOptions().MaxMessageBytes);
        await page.DropAsync("large.bmp", "image/bmp", large);
        await page.AnswersAsync("7");
        await Assertions.Expect(page.Notice).ToBeHiddenAsync();

        // The page asks again after each time that the server was silent.
        Assert.Contains(page.Faults, fault => fault.Contains("status of 400", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Give_ASlowImageAndThenAQuickOne_TheLastCounts()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);
        await page.Tab.EvaluateAsync("""
            () => {
              const decode = window.createImageBitmap;
              const held = new Promise(done => window.release = done);
              window.createImageBitmap = async file => {
                if (file.name === "slow.png")
                  await held;
                const bitmap = decode(file);
                window.decoded = bitmap;
                return bitmap;
              };
            }
            """);

        await page.DropAsync("slow.png", "image/png", Pictures.Png(new byte[28 * 28], 28, 28));
        await page.DropAsync("seven.png", "image/png", Pictures.Png(Drawings.Seven(28), 28, 28));
        await page.AnswersAsync("7");
        await page.Tab.EvaluateAsync("""
            async () => {
              window.decoded = null;
              release();
              while (!window.decoded)
                await new Promise(done => setTimeout(done));
              await window.decoded;
              await new Promise(done => setTimeout(done));
            }
            """);

        // The slow image is black everywhere.
        Assert.True(await page.LitPixelsAsync("#pad") > 40);
    }

    [Theory]
    [InlineData("#choose")]
    [InlineData("#photo")]
    public async Task Give_AFileByAButton_IsAnswered(string input)
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);
        var file = new FilePayload { Name = "seven.png", MimeType = "image/png", Buffer = Pictures.Png(Drawings.Seven(56), 56, 56) };

        await page.Tab.SetInputFilesAsync(input, file);
        await page.AnswersAsync("7");
        await page.Tab.ClickAsync("#clear");
        await Assertions.Expect(page.Answer).ToHaveTextAsync("–");

        // The same file again is a change as well.
        await page.Tab.SetInputFilesAsync(input, file);
        await page.AnswersAsync("7");
        Assert.Equal(input == "#photo" ? "environment" : null, await page.Tab.GetAttributeAsync(input, "capture"));
    }

    [Fact]
    public async Task Paste_AnImageOfTheClipboard_IsAnswered()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(
            server.HttpAddress, new() { Permissions = ["clipboard-read", "clipboard-write"] });
        await page.Tab.EvaluateAsync("""
            content => navigator.clipboard.write([new ClipboardItem({
              "image/png": new Blob([Uint8Array.fromBase64(content)], { type: "image/png" }) })])
            """, Convert.ToBase64String(Pictures.Png(Drawings.Seven(28), 28, 28)));

        await page.Tab.Keyboard.PressAsync("Control+v");

        await page.AnswersAsync("7");
    }
}
