using System.Text.RegularExpressions;
using LeNetServe.Tests;
using Microsoft.Playwright;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

public sealed class PageTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const string AToken = "a-token-of-more-than-sixteen-characters";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Digits => new(Drawings.Strokes.Keys);

    [Theory]
    [MemberData(nameof(Digits))]
    public async Task Draw_ADigit_IsAnsweredWithItsLabel(string digit)
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.DrawAsync(Drawings.Strokes[digit]);

        await page.AnswersAsync(digit);
        await Assertions.Expect(page.Tab.Locator("#time")).ToContainTextAsync("in the model");
        await page.Tab.ClickAsync("#clear");
        await Assertions.Expect(page.Answer).ToHaveTextAsync("–");
    }

    [Fact]
    public async Task Draw_ADigit_ShowsTheLayersAndOnRequestWhy()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");

        await Assertions.Expect(page.Tab.Locator(".layer figcaption")).ToHaveTextAsync(
            [
                "C1 6 maps of 28×28", "S2 6 maps of 14×14", "C3 16 maps of 10×10", "S4 16 maps of 5×5",
                "C5 120 units", "F6 84 units", "output 10 units",
            ]);
        Assert.True(await page.LitPixelsAsync(".layer canvas") > 100);
        Assert.True(await page.LitPixelsAsync("#seen") > 40);
        // The middle of the row of C1's maps belongs to the fourth map's first column, after a gap.
        await page.HoverAsync(layer: 0, column: (3 * 29) + 2, row: 5);
        await Assertions.Expect(page.Tab.Locator("#unit")).ToContainTextAsync("C1, map 4, row 6, column 3:");
        await Assertions.Expect(page.Tab.Locator("#unit")).ToContainTextAsync("It sees the 5×5 pixels");
        await Assertions.Expect(page.Tab.Locator("#field")).ToBeVisibleAsync();
        await Assertions.Expect(page.Tab.Locator("#formula")).ToContainTextAsync("max(0, ");
        await page.Tab.Locator(".layer canvas").First.PressAsync("ArrowRight");
        await Assertions.Expect(page.Tab.Locator("#unit")).ToContainTextAsync("C1, map 4, row 6, column 4:");
        await page.Tab.Locator(".layer canvas").First.PressAsync("Escape");
        await Assertions.Expect(page.Tab.Locator("#unit")).ToContainTextAsync("Point at a unit");
        await Assertions.Expect(page.Tab.Locator("#formula")).ToBeEmptyAsync();
        await Assertions.Expect(page.Tab.Locator("#why")).ToBeHiddenAsync();
        await page.Tab.ClickAsync("#explain");
        await Assertions.Expect(page.Tab.Locator("#why")).ToBeVisibleAsync();
        await Assertions.Expect(page.Tab.Locator("#method")).ToBeHiddenAsync();
        await page.Tab.ClickAsync("#clear");
        await Assertions.Expect(page.Tab.Locator(".layer")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(1920, 1080)]
    [InlineData(1440, 900)]
    [InlineData(1366, 768)]
    // The width that a scroll bar leaves.
    [InlineData(1265, 800)]
    public async Task Draw_OnADesk_HasThePenTheAnswerAndEveryLayerOnOneScreen(int width, int height)
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            ShippedModels.CopyMnist(models);
            ShippedModels.CopyLeNet1998(models);
        });
        await using var page = await browser.OpenAsync(
            server.HttpAddress, new() { ViewportSize = new() { Width = width, Height = height } });

        await page.Tab.SelectOptionAsync("#model", "lenet5-1998/1");
        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");

        await page.Tab.SelectOptionAsync("#second", "lenet5-mnist/1");
        await Assertions.Expect(page.Tab.Locator("#other-answer")).ToContainTextAsync("7, ");
        await page.Tab.ClickAsync("#explain");
        await Assertions.Expect(page.Tab.Locator("#why")).ToBeVisibleAsync();

        foreach (var part in new[] { "#pad", "#seen", "#why", "#other-bars", "#time", "#layers" })
        {
            var box = await page.Tab.Locator(part).BoundingBoxAsync();
            Assert.InRange(box!.Y, 0, height);
            Assert.InRange(box.Y + box.Height, 0, height);
        }
        var first = await page.Tab.Locator("#bars").BoundingBoxAsync();
        var second = await page.Tab.Locator("#other-bars").BoundingBoxAsync();
        Assert.Equal(first!.Y, second!.Y, 1f);
    }

    [Fact]
    public async Task Draw_LeCunsNetwork_ShowsItsConnectionsItsBitmapsAndBothAttributions()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyLeNet1998);
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");

        await Assertions.Expect(page.Tab.Locator(".connections line")).ToHaveCountAsync(60);
        await Assertions.Expect(page.Tab.Locator(".glyph")).ToHaveCountAsync(11);
        await Assertions.Expect(page.Tab.Locator(".glyph.best")).ToContainTextAsync("7");
        // C3's first map is at the left, and the paper's table feeds it with the first three maps.
        await page.Tab.Locator(".layer canvas").Nth(2).HoverAsync(new() { Position = new() { X = 5, Y = 5 } });
        await Assertions.Expect(page.Tab.Locator("#unit")).ToContainTextAsync("S2’s maps 1, 2, 3 feed it.");
        await Assertions.Expect(page.Tab.Locator(".connections line.on")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Tab.Locator(".kernels figure")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Tab.Locator("#formula")).ToContainTextAsync("1.7159 · tanh(⅔ · ");
        foreach (var (layer, text) in new[] { (1, "· ("), (4, "others)"), (6, "squares of F6") })
        {
            await page.Tab.Locator(".layer canvas").Nth(layer).HoverAsync(new() { Position = new() { X = 5, Y = 5 } });
            await Assertions.Expect(page.Tab.Locator("#formula")).ToContainTextAsync(text);
        }
        await page.Tab.ClickAsync("#explain");
        await Assertions.Expect(page.Tab.Locator("#why-text")).ToContainTextAsync("A brighter pixel speaks for 7 at red places");
        await page.Tab.SelectOptionAsync("#method", "occlusion");
        await Assertions.Expect(page.Tab.Locator("#why-text")).ToContainTextAsync("The content speaks for 7 at red places");
    }

    [Fact]
    public async Task Choose_TwoModels_AnswerTheSameDrawing()
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            ShippedModels.CopyMnist(models);
            ShippedModels.CopyLeNet1998(models);
        });
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await Assertions.Expect(page.Tab.Locator("#model")).ToHaveValueAsync("lenet5-mnist/1");
        await page.Tab.SelectOptionAsync("#second", "lenet5-1998/1");
        await page.DrawAsync(Drawings.Strokes["3"]);

        await page.AnswersAsync("3");
        await Assertions.Expect(page.Tab.Locator("#other-name")).ToHaveTextAsync("lenet5-1998 1");
        await Assertions.Expect(page.Tab.Locator("#other-answer")).ToContainTextAsync("3, ");
        await page.Tab.SelectOptionAsync("#model", "lenet5-1998/1");
        await Assertions.Expect(page.Tab.Locator(".connections")).ToHaveCountAsync(1);
        await page.Tab.SelectOptionAsync("#second", "");
        await Assertions.Expect(page.Tab.Locator("#other")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Choose_TwoModelsOfWhichOneFails_ShowsTheAnswerAndTheFault()
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            ShippedModels.CopyMnist(models);
            ShippedModels.CopyLeNet1998(models);
        });
        await using var page = await browser.OpenAsync(server.HttpAddress);
        page.Allowed = ["status of 503"];
        await page.Tab.RouteAsync("**/lenet5-1998/versions/1:classify*", route => route.FulfillAsync(new()
        {
            Status = 503,
            ContentType = "application/json",
            Body = """{"detail": "too many calls"}""",
        }));

        await page.Tab.SelectOptionAsync("#second", "lenet5-1998/1");
        await page.DrawAsync(Drawings.Strokes["3"]);

        await page.AnswersAsync("3");
        await Assertions.Expect(page.Tab.Locator("#other-answer")).ToHaveTextAsync("too many calls");
        await Assertions.Expect(page.Notice).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Open_ServerWithoutModels_SaysSo()
    {
        await using var server = await TestServer.StartAsync(_ => { });
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await Assertions.Expect(page.Notice).ToHaveTextAsync("No model is ready.");
    }

    [Fact]
    public async Task Choose_AModelWithoutGoldenImages_OffersNoneToRun()
    {
        await using var server = await TestServer.StartAsync();
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.Tab.GetByText("The model", new() { Exact = true }).ClickAsync();

        await Assertions.Expect(page.Tab.Locator("#card")).ToContainTextAsync("was not exported by LeNetServe");
        await Assertions.Expect(page.Tab.Locator("#prove")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Hover_AcrossAGapAndOut_KeepsTheUnitAndThenClearsIt()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);
        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");
        var unit = page.Tab.Locator("#unit");
        await page.HoverAsync(layer: 0, column: 27, row: 5);
        await Assertions.Expect(unit).ToContainTextAsync("C1, map 1, row 6, column 28:");
        await Assertions.Expect(page.Tab.Locator("#formula")).ToContainTextAsync("max(0, ");

        // A hover asks for the layers that it lacks; the page's own call after a silence of the server asks for all.
        var calls = 0;
        page.Tab.Request += (_, request) => calls += Regex.IsMatch(request.Url, ":explain.*layers=\\w") ? 1 : 0;
        await page.HoverAsync(layer: 0, column: 28, row: 5);
        await Assertions.Expect(unit).ToContainTextAsync("C1, map 1, row 6, column 28:");
        await page.HoverAsync(layer: 0, column: 29, row: 5);
        await Assertions.Expect(unit).ToContainTextAsync("C1, map 2, row 6, column 1:");
        await Assertions.Expect(page.Tab.Locator("#formula")).ToContainTextAsync("max(0, ");
        Assert.Equal(0, calls);

        await page.Tab.Mouse.MoveAsync(1, 1);
        await Assertions.Expect(unit).ToContainTextAsync("Point at a unit");
        await Assertions.Expect(page.Tab.Locator("#formula")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Tap_AUnitOnAPhone_ShowsItsFormulaAndItsFieldOnTheSameScreen()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyLeNet1998);
        await using var page = await browser.OpenAsync(
            server.HttpAddress, new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true });
        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");
        await Assertions.Expect(page.Tab.Locator("#unit")).ToBeHiddenAsync();
        await Assertions.Expect(page.Tab.Locator("#inside-text")).ToContainTextAsync("Tap a unit");

        // The first map of C3, and one of the output's units, which stand below it.
        foreach (var (layer, text) in new[] { (2, "1.7159 · tanh(⅔ · "), (6, "squares of F6") })
        {
            var canvas = page.Tab.Locator(".layer canvas").Nth(layer);
            await canvas.TapAsync(new() { Position = new() { X = 5, Y = 5 } });
            await Assertions.Expect(page.Tab.Locator("#formula")).ToContainTextAsync(text);
            var (unit, box) = (await canvas.BoundingBoxAsync(), await page.Tab.Locator("#unit-box").BoundingBoxAsync());
            Assert.InRange(unit!.Y, 0, box!.Y - unit.Height);
            Assert.Equal(844, box.Y + box.Height, 1f);
        }
        Assert.True(await page.LitPixelsAsync("#unit-seen") > 40);
        await page.Tab.TapAsync("#unit-close");
        await Assertions.Expect(page.Tab.Locator("#unit-box")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Draw_AModelOfManyLongNamesInTwoScripts_Fits(int width)
    {
        const string Arabic = "طائر";
        var labels = Enumerable.Range(0, 40).Select(index => $"{(index % 2 == 0 ? Arabic : "class")} {index} {new string('x', 90)}");
        await using var server = await TestServer.StartAsync(models =>
        {
            new TinyOnnx { Classes = 40 }.Write(Path.Combine(models, "long", "1"), string.Join('\n', labels) + "\n");
            ShippedModels.CopyMnist(models);
        });
        await using var page = await browser.OpenAsync(server.HttpAddress, new() { ViewportSize = new() { Width = width, Height = 800 } });
        await page.Tab.SelectOptionAsync("#model", "long/1");
        await page.Tab.SelectOptionAsync("#second", "lenet5-mnist/1");

        await page.DrawAsync(Drawings.Strokes["7"]);

        await Assertions.Expect(page.Tab.Locator("#bars li")).ToHaveCountAsync(12);
        await Assertions.Expect(page.Answer).ToContainTextAsync(new Regex("xx, [0-9.]+\u00a0%$"));
        Assert.Equal(width, await page.Tab.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        var section = await page.Tab.Locator("section").Nth(1).BoundingBoxAsync();
        var bars = await page.Tab.Locator("#bars").BoundingBoxAsync();
        Assert.InRange(bars!.Width, 100, section!.Width);
        Assert.InRange(bars.Height, 100, 700);
    }

    [Fact]
    public async Task Open_WithForcedColors_KeepsTheBars()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress, new() { ForcedColors = ForcedColors.Active });
        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");

        var color = await page.Tab.Locator("#bars .best .track i").EvaluateAsync<string>("bar => getComputedStyle(bar).backgroundColor");

        Assert.Equal("rgb(37, 99, 176)", color);
    }

    [Fact]
    public async Task Unload_TheModelOnThePage_IsSaid()
    {
        await using var server = await TestServer.StartAsync(
            models =>
            {
                ShippedModels.CopyMnist(models);
                ShippedModels.CopyLeNet1998(models);
            },
            "--Models:Mode=explicit", "--Models:Load:0=*", "--Security:OpenControl=true");
        await using var page = await browser.OpenAsync(server.HttpAddress);
        await page.Tab.SelectOptionAsync("#model", "lenet5-1998/1");

        using var reply = await server.Http.PostAsync("/v2/repository/models/lenet5-1998/unload", null, Cancellation);

        Assert.True(reply.IsSuccessStatusCode);
        await Assertions.Expect(page.Notice).ToHaveTextAsync("lenet5-1998 1 is not served any more. lenet5-mnist 1 answers now.");
        await Assertions.Expect(page.Tab.Locator("#model")).ToHaveValueAsync("lenet5-mnist/1");
    }

    [Fact]
    public async Task Prove_AModel_ShowsItsGoldenImagesUntilTheFileIsAnother()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist, "--Models:Mode=poll", "--Models:PollInterval=60m");
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.Tab.GetByText("The model", new() { Exact = true }).ClickAsync();
        await page.Tab.ClickAsync("#prove");

        await Assertions.Expect(page.Tab.Locator("#golden")).ToContainTextAsync("The server answers as torch did.");
        await Assertions.Expect(page.Tab.Locator("#golden li")).ToHaveCountAsync(100);

        var other = new TinyOnnx().Write(Path.Combine(server.Models, "tiny", "1"));
        File.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddDays(-1));
        await server.Repository.ScanAsync(TestContext.Current.CancellationToken);
        await Assertions.Expect(page.Tab.Locator("#model option")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Tab.Locator("#golden li")).ToHaveCountAsync(100);
        await page.Tab.SelectOptionAsync("#model", "tiny/1");
        await Assertions.Expect(page.Tab.Locator("#golden li")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Print_OfADarkScreen_IsDarkInkOnWhitePaper()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress, new() { ColorScheme = ColorScheme.Dark });
        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");

        await page.Tab.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });

        const string Colors = "(style => [style.color, style.backgroundColor])(getComputedStyle(document.body))";
        var style = await page.Tab.EvaluateAsync<string[]>(Colors);
        Assert.Equal(["rgb(28, 30, 33)", "rgb(253, 252, 250)"], style);
        await Assertions.Expect(page.Tab.Locator("#clear")).ToBeHiddenAsync();
        await Assertions.Expect(page.Answer).ToBeVisibleAsync();
        await Assertions.Expect(page.Tab.Locator(".layer canvas").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Give_AForeignModel_ShowsTheLayersThatCanBeKnown()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyForeign);
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.DropAsync("seven.png", "image/png", Pictures.Png(Drawings.Seven(32), 32, 32));
        await page.AnswersAsync("7");

        await Assertions.Expect(page.Tab.Locator(".layer figcaption")).ToHaveTextAsync(
            [
                "/net/C1_relu_output_0 6 maps of 28×28", "/net/S2_output_0 6 maps of 14×14", "/net/C3_relu_output_0 16 maps of 10×10",
                "/net/S4_output_0 16 maps of 5×5", "/net/C5_relu_output_0 120 units", "/net/F6_relu_output_0 84 units",
                "/net/output_output_0 10 units",
            ]);
        Assert.True(await page.LitPixelsAsync(".layer canvas") > 100);
        await page.HoverAsync(layer: 0, column: 2, row: 2);
        // Nobody knows the part of the image that it sees.
        await Assertions.Expect(page.Tab.Locator("#unit")).ToHaveTextAsync(
            new Regex(@"^/net/C1_relu_output_0, map 1, row 3, column 3: [−\d.]+\. $"));
        await page.Tab.ClickAsync("#explain");
        await Assertions.Expect(page.Tab.Locator("#why-text")).ToContainTextAsync("The content speaks for 7 at red places");
        await Assertions.Expect(page.Tab.Locator("#why-most")).ToHaveTextAsync(new Regex(@"^\+[\d.]+\u00a0%$"));
        await Assertions.Expect(page.Tab.Locator("#method")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Give_AModelOfWideImages_ShowsPicturesOfTheirOwnShape()
    {
        await using var server = await TestServer.StartAsync(
            models => new TinyOnnx { Height = 8, Width = 16 }.Write(Path.Combine(models, "wide", "1"), "a\nb\nc\n"));
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.DropAsync("wide.png", "image/png", Pictures.Png([.. Enumerable.Range(0, 128).Select(pixel => (byte)pixel)], 16, 8));
        await page.Tab.ClickAsync("#explain");

        foreach (var picture in new[] { "#seen", "#why" })
        {
            await Assertions.Expect(page.Tab.Locator(picture)).ToBeVisibleAsync();
            var box = await page.Tab.Locator(picture).BoundingBoxAsync();
            Assert.Equal(2, box!.Width / box.Height, 0.1);
        }
    }

    [Fact]
    public async Task Draw_ServerWithoutExplanations_IsAnsweredAllTheSame()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist, "--Explain=off");
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");

        await Assertions.Expect(page.Tab.Locator("#inside")).ToBeHiddenAsync();
        await Assertions.Expect(page.Tab.Locator("#explain")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Draw_ByKeys_IsAnswered()
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.Tab.FocusAsync("#pad");
        for (var step = 0; step < 8; step++)
            await page.Tab.Keyboard.PressAsync("ArrowUp");
        await page.Tab.Keyboard.PressAsync("Space");
        for (var step = 0; step < 16; step++)
            await page.Tab.Keyboard.PressAsync("ArrowDown");

        await page.AnswersAsync("1");
    }

    [Fact]
    public async Task Stop_TheServer_IsSaidAndOvercome()
    {
        var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        var address = server.HttpAddress;
        await using var page = await browser.OpenAsync(address);
        // A server that stops or starts answers 503 for a moment.
        page.Allowed = ["ERR_CONNECTION", "status of 503"];
        await page.DrawAsync([(.5, .2), (.5, .5), (.48, .8)]);
        await page.AnswersAsync("1");

        // As a signal stops it. A server that is only disposed may answer 500 to a call that still runs.
        await server.App.StopAsync(TestContext.Current.CancellationToken);
        await server.DisposeAsync();
        await Assertions.Expect(page.Notice).ToContainTextAsync("does not answer", new() { Timeout = 30_000 });
        await using var next = await TestServer.StartAsync(ShippedModels.CopyMnist, $"--Listen:HttpPort={new Uri(address).Port}");
        await Assertions.Expect(page.Notice).ToBeHiddenAsync(new() { Timeout = 30_000 });
        await page.AnswersAsync("1");
    }

    [Fact]
    public async Task Open_ServerWithTokens_AsksOnceAndKeepsTheTokenInTheTab()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await StartWithTokenAsync(directory);
        await using var page = await browser.OpenAsync(server.HttpAddress);
        page.Allowed = ["status of 401"];

        await page.Tab.FillAsync("#token", AToken);
        await page.Tab.ClickAsync("#ask button");
        await page.DrawAsync([(.5, .2), (.5, .5), (.48, .8)]);
        await page.AnswersAsync("1");
        await page.Tab.ReloadAsync();
        await Assertions.Expect(page.Tab.Locator("#model option")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Tab.Locator("#ask")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Open_WrongTokens_AreRefusedInTheDialog()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await StartWithTokenAsync(directory);
        await using var page = await browser.OpenAsync(server.HttpAddress);
        page.Allowed = ["status of 401"];

        var refusal = page.Tab.Locator("#ask").GetByRole(AriaRole.Alert);
        await Assertions.Expect(page.Tab.Locator("#ask")).ToBeVisibleAsync();
        await Assertions.Expect(refusal).ToHaveTextAsync("");
        foreach (var (wrong, words) in new[] { ("another-token", "token"), ("a-tokén-with-a-dash–", "no such characters") })
        {
            await page.Tab.FillAsync("#token", wrong);
            await page.Tab.ClickAsync("#ask button");
            await Assertions.Expect(refusal).ToContainTextAsync(words);
            // The field is selected, so that the next token replaces the wrong one.
            var field = page.Tab.Locator("#token");
            Assert.Equal(wrong.Length, await field.EvaluateAsync<int>("field => field.selectionEnd - field.selectionStart"));
        }
        await page.Tab.FillAsync("#token", AToken);
        await page.Tab.ClickAsync("#ask button");

        await Assertions.Expect(page.Tab.Locator("#model option")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Tab.Locator("#ask")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Choose_AModelOfColors_OffersSamplesThatAreAnswered()
    {
        await using var server = await TestServer.StartAsync(models => ShippedModels.Copy("lenet5-cifar10", models));
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await Assertions.Expect(page.Tab.Locator("#samples button")).ToHaveCountAsync(8);
        await page.Tab.Locator("#samples button").First.ClickAsync();

        await Assertions.Expect(page.Answer).ToContainTextAsync("%");
        await Assertions.Expect(page.Tab.Locator("#seen")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(820, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    public async Task Open_OnAPhoneATabletAndADesk_FitsAndShowsTheModelAndItsFigures(int width, ColorScheme scheme)
    {
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(
            server.HttpAddress, new() { ViewportSize = new() { Width = width, Height = 844 }, ColorScheme = scheme });

        await page.DrawAsync([(.5, .2), (.5, .5), (.48, .8)]);
        await page.AnswersAsync("1");
        foreach (var summary in await page.Tab.Locator("details > summary:visible").AllAsync())
            await summary.ClickAsync();
        await Assertions.Expect(page.Tab.Locator("#card")).ToContainTextAsync("99.61");
        await Assertions.Expect(page.Tab.Locator("#card")).ToContainTextAsync(new Regex("recipe.*seed 1, epochs 120, .*optimizer muon, "));
        var route = $"{server.HttpAddress}/v1/models/lenet5-mnist/versions/1:classify";
        await Assertions.Expect(page.Tab.Locator("#call")).ToContainTextAsync(route);
        await Assertions.Expect(page.Tab.Locator("#versions")).ToContainTextAsync("READY");
        await Assertions.Expect(page.Tab.Locator("#traffic")).ToContainTextAsync(new Regex("lenet5-mnist/1ok"));
        await Assertions.Expect(page.Tab.Locator("#traffic")).ToContainTextAsync(new Regex(@"\d+ in the queue, \d+ running, 0 refused\. "));

        Assert.Equal(width, await page.Tab.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        var paper = scheme == ColorScheme.Dark ? "rgb(20, 22, 26)" : "rgb(253, 252, 250)";
        Assert.Equal(paper, await page.Tab.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }

    [Theory]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(820, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    public async Task Open_WithEverythingShown_HasNoBarrierThatAxeKnows(int width, ColorScheme scheme)
    {
        var axe = Path.Combine(
            RepositoryRoot.Find(), "tests", "InferenceServer.Tests", "Api", "Page", "node_modules", "axe-core", "axe.min.js");
        Assert.SkipUnless(File.Exists(axe), "axe-core is not installed here; .ci/install installs it");
        await using var server = await TestServer.StartAsync(models =>
        {
            ShippedModels.CopyMnist(models);
            ShippedModels.CopyLeNet1998(models);
        });
        await using var page = await browser.OpenAsync(
            server.HttpAddress, new() { ViewportSize = new() { Width = width, Height = 844 }, ColorScheme = scheme });
        await page.Tab.SelectOptionAsync("#model", "lenet5-1998/1");
        await page.Tab.SelectOptionAsync("#second", "lenet5-mnist/1");
        await page.DrawAsync(Drawings.Strokes["7"]);
        await page.AnswersAsync("7");
        await page.Tab.ClickAsync("#explain");
        await Assertions.Expect(page.Tab.Locator("#method")).ToBeVisibleAsync();
        foreach (var summary in await page.Tab.Locator("details > summary:visible").AllAsync())
            if (await summary.TextContentAsync() != "Inside the model")
                await summary.ClickAsync();
        await page.Tab.ClickAsync("#prove");
        await Assertions.Expect(page.Tab.Locator("#golden li")).ToHaveCountAsync(100);

        await page.Tab.EvaluateAsync(await File.ReadAllTextAsync(axe, Cancellation));
        var barriers = await page.Tab.EvaluateAsync<string[]>("""
            async () => (await axe.run()).violations.filter(one => ["serious", "critical"].includes(one.impact))
              .map(one => `${one.id}: ${one.help}: ${one.nodes.map(node => node.html).join(" ").slice(0, 400)}`)
            """);

        Assert.Empty(barriers);
    }

    private static async Task<TestServer> StartWithTokenAsync(TemporaryDirectory directory)
    {
        await File.WriteAllTextAsync(directory["tokens"], AToken, Cancellation);
        return await TestServer.StartAsync(ShippedModels.CopyMnist, $"--Security:InferenceTokensFile={directory["tokens"]}");
    }
}
