using LeNetServe.Naming;

namespace LeNetServe.Tests.Naming;

public sealed class ClassNameTests
{
    // From Unicode Standard Annex 15 and its NormalizationTest.txt.
    [Theory]
    [InlineData("cafe\u0301", "caf\u00e9")]
    [InlineData("caf\u00e9", "caf\u00e9")]
    [InlineData("\u212b", "\u00c5")]
    [InlineData("A\u030a", "\u00c5")]
    [InlineData("o\u0302\u0301", "\u1ed1")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("d\u0307\u0323", "\u1e0d\u0307")]
    [InlineData("\u1100\u1161\u11a8", "\uac01")]
    [InlineData("\u1100\u1161", "\uac00")]
    [InlineData("\uac00\u11a8", "\uac01")]
    [InlineData("\u304b\u3099", "\u304c")]
    [InlineData("\u0958", "\u0915\u093c")]
    [InlineData("\u0f73", "\u0f71\u0f72")]
    [InlineData("\ufa0e\uf900", "\ufa0e\u8c48")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\U00011099\U000110BA", "\U0001109A")]
    [InlineData("a\u0315\u0300\u05ae\u0062", "\u00e0\u05ae\u0315\u0062")]
    [InlineData("\u0301", "\u0301")]
    [InlineData("", "")]
    public void Of_AnySpelling_IsFormC(string name, string expected) => Assert.Equal(expected, ClassName.Of(name));

    [Fact]
    public void Of_LoneSurrogate_RemainsAsItIs() => Assert.Equal("\ud800\u00e9", ClassName.Of("\ud800e\u0301"));

    [Fact]
    public void AreSame_OtherAccents_AreTheSameNames()
    {
        Assert.True(ClassName.AreSame(["a", "e\u0301"], ["a", "\u00e9"]));
        Assert.False(ClassName.AreSame(["a", "e"], ["a", "\u00e9"]));
    }
}
