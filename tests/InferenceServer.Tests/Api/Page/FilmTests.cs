using System.Text.RegularExpressions;
using LeNetServe.InferenceServer.Tests.Api.Runs;
using LeNetServe.Tests;
using Microsoft.Playwright;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

public sealed class FilmTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Open_ServerWithRuns_ShowsTheFilmOfATraining()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist, $"--Runs={FilmedRun.Write(directory, "one")}");
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.Tab.GetByText("The film of a training").ClickAsync();

        await Assertions.Expect(page.Tab.Locator("#film-view output")).ToContainTextAsync("epoch 3 of 3");
        await Assertions.Expect(page.Tab.Locator(".filters canvas")).ToHaveCountAsync(6);
        await Assertions.Expect(page.Tab.Locator("#film-view .confusion td.right").First).ToHaveTextAsync("3");
        var marks = page.Tab.Locator("#film-view .chart .mark");
        await Assertions.Expect(marks).ToHaveCountAsync(2);
        var last = await marks.First.GetAttributeAsync("x1");
        await page.Tab.GetByRole(AriaRole.Slider).PressAsync("Home");
        await Assertions.Expect(page.Tab.Locator("#film-view output")).ToContainTextAsync("epoch 1 of 3");
        await Assertions.Expect(page.Tab.Locator("#film-view .confusion td.right").First).ToHaveTextAsync("1");
        await Assertions.Expect(marks).ToHaveCountAsync(2);
        // The first epoch stands at the left edge of the curves, the last one at the right edge.
        Assert.True(float.Parse((await marks.First.GetAttributeAsync("x1"))!) + 100 < float.Parse(last!), last);
        await page.Tab.GetByText("Play", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.Tab.Locator("#film-view output")).ToContainTextAsync("epoch 3 of 3");
    }

    [Fact]
    public async Task Open_ARunOfASweepWithoutValidation_SaysWhyThereIsNoConfusion()
    {
        using var directory = new TemporaryDirectory();
        var runs = FilmedRun.Write(directory, Path.Combine("rates", "two"));
        var film = directory["runs", "rates", "two", "film.jsonl"];
        var frames = await File.ReadAllTextAsync(film, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(film, Regex.Replace(frames, ",\"confusion\":.*}", "}"), TestContext.Current.CancellationToken);
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist, $"--Runs={runs}");
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.Tab.GetByText("The film of a training").ClickAsync();

        await Assertions.Expect(page.Tab.Locator("#film-view output")).ToContainTextAsync("epoch 3 of 3");
        await Assertions.Expect(page.Tab.Locator("#film-view")).ToContainTextAsync(
            "This training held out no images for validation, so the film has no confusion.");
    }

    [Fact]
    public async Task Choose_ARunWithoutAnEpoch_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        var runs = FilmedRun.Write(directory, "one");
        await File.WriteAllTextAsync(directory["runs", "one", "film.jsonl"], "", TestContext.Current.CancellationToken);
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist, $"--Runs={runs}");
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.Tab.GetByText("The film of a training").ClickAsync();

        await Assertions.Expect(page.Tab.Locator("#film-view")).ToContainTextAsync("The film of this run has no epoch yet.");
        await Assertions.Expect(page.Tab.Locator("#film-view .chart")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Choose_AnotherRunWhileOnePlays_StopsTheFirst()
    {
        using var directory = new TemporaryDirectory();
        FilmedRun.Write(directory, "one");
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist, $"--Runs={FilmedRun.Write(directory, "two")}");
        await using var page = await browser.OpenAsync(server.HttpAddress);
        await page.Tab.GetByText("The film of a training").ClickAsync();
        await Assertions.Expect(page.Tab.Locator("#film-view output")).ToContainTextAsync("epoch 3 of 3");
        await page.Tab.EvaluateAsync("""
            () => {
              const [start, stop] = [setInterval, clearInterval];
              window.running = new Set();
              // The test says when the time of a picture is over, however long the machine takes.
              window.setInterval = (next, pause) => {
                window.tick = next;
                const timer = start(() => {}, pause);
                running.add(timer);
                return timer;
              };
              window.clearInterval = timer => {
                running.delete(timer);
                stop(timer);
              };
              window.former = document.querySelector("#film-view output");
            }
            """);

        await page.Tab.GetByText("Play", new() { Exact = true }).ClickAsync();
        await page.Tab.SelectOptionAsync("#run", "two");

        await page.Tab.WaitForFunctionAsync("() => !former.isConnected");
        await page.Tab.EvaluateAsync("() => tick()");
        Assert.Equal(0, await page.Tab.EvaluateAsync<int>("running.size"));
        Assert.Contains("epoch 1 of 3", await page.Tab.EvaluateAsync<string>("former.textContent"), StringComparison.Ordinal);
    }
}
