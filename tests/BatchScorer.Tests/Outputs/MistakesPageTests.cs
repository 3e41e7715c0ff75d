using System.Text.RegularExpressions;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.EndToEnd.Tests;
using LeNetServe.Tests;
using SkiaSharp;

namespace LeNetServe.BatchScorer.Tests.Outputs;

public sealed class MistakesPageTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string model;
    private readonly string images;

    public MistakesPageTests()
    {
        model = Pictures.WriteModel(directory["model"]);
        images = directory["long name of a folder", "images"];
        Pictures.WriteFolder(images, perClass: 5);
        File.WriteAllBytes(Path.Combine(images, "3", "four.png"), Pictures.Png(4));
        File.WriteAllText(Path.Combine(images, "5", "<broken>.png"), "a text");
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Write_MistakesAndFailures_AreListedByTheirNames()
    {
        using var browser = new Browser();
        var dom = await browser.DomAsync(await WriteAsync());

        Assert.Contains("<b>3 → 4</b>", dom, StringComparison.Ordinal);
        Assert.Contains("3/<wbr>four.<wbr>png</small>", dom, StringComparison.Ordinal);
        Assert.Contains("5/<wbr>&lt;broken&gt;.<wbr>png", dom, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(dom, "<figure class=\"tile\"><canvas"));
        Assert.Contains("aria-label=\"what speaks for 4\"", dom, StringComparison.Ordinal);
        Assert.Contains("title=\"3 taken for 4: 1\"", dom, StringComparison.Ordinal);
        Assert.Contains("id=\"explain-heat\">What is at the red places", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_MistakesOfAModelWithAGradient_SaysWhatBrighterPixelsWouldDo()
    {
        using var browser = new Browser();
        await Scorer.Run(Scorer.Options(Path.Combine(RepositoryTree.Root, "models", "lenet5-1998"), directory["scores.jsonl"], images));

        var dom = await browser.DomAsync(directory["scores.mistakes.html"]);

        Assert.Contains("id=\"explain-heat\">Brighter pixels would speak", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ManyMistakes_ExplainsTheFirstOrWithHeatMapsAll()
    {
        for (var index = 0; index < 25; index++)
            File.WriteAllBytes(Path.Combine(images, "3", $"four-{index}.png"), Pictures.Png(4));
        using var browser = new Browser();

        var first = await browser.DomAsync(await WriteAsync());
        await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], images) with { HeatMaps = directory["heat"] });
        var all = await browser.DomAsync(directory["scores.mistakes.html"]);

        Assert.Equal(26, Regex.Count(first, "<figure class=\"tile\"><canvas"));
        Assert.Equal(24, Regex.Count(first, "aria-label=\"what speaks for 4\""));
        Assert.Contains("The first 24 have one; lenetserve-score --explain DIR draws all.</span>", first, StringComparison.Ordinal);
        Assert.Equal(26, Regex.Count(all, "aria-label=\"what speaks for 4\""));
        Assert.DoesNotContain("The first 24", all, StringComparison.Ordinal);
    }

    /// <summary>The model answers by the place of a bright stripe, so that covering the stripe costs the answer.</summary>
    [Fact]
    public async Task Write_HeatMaps_AreRedWhereTheInkSpeaksForTheAnswer()
    {
        await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], images) with { HeatMaps = directory["heat"] });

        var file = Assert.Single(Directory.GetFiles(directory["heat"]));
        Assert.EndsWith("-class-3-as-4.png", file, StringComparison.Ordinal);
        using var sheet = SKBitmap.Decode(file);
        Assert.Equal((2 * 8 * Pictures.Size, 8 * Pictures.Size), (sheet.Width, sheet.Height));
        var reddest = Enumerable.Range(0, Pictures.Size * Pictures.Size)
            .MaxBy(pixel => Difference(sheet.GetPixel(8 * (Pictures.Size + (pixel % Pictures.Size)) + 4, 8 * (pixel / Pictures.Size) + 4)));
        var seen = sheet.GetPixel(8 * (reddest % Pictures.Size) + 4, 8 * (reddest / Pictures.Size) + 4);
        Assert.True(seen.Red > 128, $"the pixel {reddest} has {seen.Red}");

        static int Difference(SKColor color) => color.Red - color.Blue;
    }

    [Fact]
    public async Task Write_HeatMapsIntoTheFolderOfAFormerCall_ReplacesItsFilesAlone()
    {
        var options = Scorer.Options(model, directory["scores.jsonl"], images) with { HeatMaps = directory["heat"] };
        await Scorer.Run(options);
        var former = Path.GetFileName(Assert.Single(Directory.GetFiles(directory["heat"])));
        await File.WriteAllTextAsync(directory["heat", "notes.txt"], "mine", TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(images, "3", "four.png"));
        File.WriteAllBytes(Path.Combine(images, "6", "eight.png"), Pictures.Png(8));

        await Scorer.Run(options);

        string[] files = [.. Directory.GetFiles(directory["heat"]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Matches("^001-row-[0-9]+-class-6-as-8.png$", files[0]);
        Assert.Equal("notes.txt", Assert.Single(files[1..]));
        Assert.NotEqual(former, files[0]);
    }

    [Fact]
    public async Task Write_HeatMapsOfAServersModel_IsAWrongCommandLine()
    {
        var options = Scorer.Options(model, directory["scores.jsonl"], images) with
        {
            HeatMaps = directory["heat"],
            Servers = ["http://127.0.0.1:9"],
        };

        var exception = await Assert.ThrowsAsync<ExpectedException>(() => Scorer.Run(options));

        Assert.Equal(ExitCode.Usage, exception.Code);
    }

    [Fact]
    public async Task Write_WithoutJavaScript_SaysTheAccuracy()
    {
        var html = await File.ReadAllTextAsync(await WriteAsync(), TestContext.Current.CancellationToken);

        Assert.Contains("<p class=\"lead\">98.04 % of 51 labeled images are right.", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Write_OnAPhoneAndADesk_FitsTheScreen(int width)
    {
        using var browser = new Browser();

        Assert.Equal($"{width}", await browser.EvaluateAsync(await WriteAsync(), width, "page.documentElement.scrollWidth"));
    }

    private async Task<string> WriteAsync()
    {
        await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], images));
        return directory["scores.mistakes.html"];
    }
}
