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
    [InlineData("\na", "\"'\na\"")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")]
    [InlineData("\uFF0Ba", "'\uFF0Ba")]
    [InlineData("\uFF0Da", "'\uFF0Da")]
    [InlineData("\uFF20a", "'\uFF20a")]
    [InlineData("  =1+1", "'  =1+1")]
    [InlineData("\u00A0\uFEFF=1+1", "'\u00A0\uFEFF=1+1")]
    [InlineData("\"=1+1", "\"'\"\"=1+1\"")]
    [InlineData("a;=1+1", "a;'=1+1")]
    [InlineData("a\t@b", "a\t'@b")]
    [InlineData("a\r\n=1", "\"a\r\n'=1\"")]
    [InlineData("a;b, -c\r\nd", "\"a;b, -c\r\nd\"")]
    [InlineData("'=1+1", "'=1+1")]
    public void Of_FormulaMadeSafe_BeginsWithAnApostrophe(string field, string expected) =>
        Assert.Equal(expected, CsvText.Of(field, safe: true));
}
