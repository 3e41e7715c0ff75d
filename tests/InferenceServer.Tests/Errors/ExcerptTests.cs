using LeNetServe.InferenceServer.Errors;

namespace LeNetServe.InferenceServer.Tests.Errors;

public sealed class ExcerptTests
{
    [Fact]
    public void Of_LongText_IsCutAfterAHundredCharacters() => Assert.Equal(new string('x', 100) + "…", Excerpt.Of(new string('x', 5000)));

    [Fact]
    public void Of_ControlCharacters_AreReplaced() => Assert.Equal("a\uFFFDb\uFFFDc", Excerpt.Of("a\nb\u001Bc"));

    [Fact]
    public void Of_ManyNames_ListsTenAndTheNumberOfTheOthers()
    {
        string[] names = [.. Enumerable.Range(1, 2000).Select(number => $"m{number}")];

        Assert.Equal("m1, m2, m3, m4, m5, m6, m7, m8, m9, m10 and 1990 more", Excerpt.Of(names));
        Assert.Equal("m1, m2", Excerpt.Of(names[..2]));
    }
}
