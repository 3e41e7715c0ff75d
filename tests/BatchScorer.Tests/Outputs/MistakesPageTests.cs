using System.Text.RegularExpressions;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Tests;

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
        Assert.Contains("title=\"3 taken for 4: 1\"", dom, StringComparison.Ordinal);
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
