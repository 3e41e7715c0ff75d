using LeNetServe.Files;

namespace LeNetServe.Tests.Files;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\rb", "\"a\rb\"")]
    [InlineData("=1+1", "=1+1")]
    [InlineData("", "")]
    public void Of_Field_IsQuotedIfItMustBe(string field, string expected) => Assert.Equal(expected, CsvText.Of(field));

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+a", "'+a")]
    [InlineData("-a", "'-a")]
    [InlineData("@a", "'@a")]
    [InlineData("\ta", "'\ta")]
    [InlineData("\ra", "\"'\ra\"")]
    [InlineData("=a,b", "\"'=a,b\"")]
    [InlineData("a=b", "a=b")]
    public void Of_FormulaMadeSafe_BeginsWithAnApostrophe(string field, string expected) =>
        Assert.Equal(expected, CsvText.Of(field, safe: true));
}
