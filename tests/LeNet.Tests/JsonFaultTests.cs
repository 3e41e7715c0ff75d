using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeNetServe.LeNet.Tests;

public sealed class JsonFaultTests
{
    [Theory]
    [InlineData("{ \"a\": }", "line 1, column 8: expected a value")]
    [InlineData("{ \"a\": 1 \"b\": 2 }", "line 1, column 10: expected a comma or a closing bracket")]
    [InlineData("{\n  \"a\": 1,\n}", "line 3, column 1: a comma before the closing bracket, expected none")]
    [InlineData("{ \"a\": \"x }", "line 1, column 12: the text ends too early")]
    [InlineData("{ \"a\": [1 ", "line 1, column 11: the text ends too early")]
    [InlineData("{ a: 1 }", "line 1, column 3: expected a key in double quotes")]
    [InlineData("", "line 1, column 1: the text is empty, expected JSON")]
    [InlineData("{} x", "line 1, column 4: more text after the end, expected one value")]
    [InlineData("{ \"a\": tru }", "line 1, column 11: expected true, false, null, a number, or text in double quotes")]
    [InlineData("{ \"a\": 01 }", "line 1, column 9: a number begins with 0, expected none")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "key \"a\" is given twice")]
    public void Of_TextThatIsNotJson_SaysWhereAndWhatIsExpected(string text, string expected) => Assert.Equal(
        expected,
        JsonFault.Of(Assert.ThrowsAny<JsonException>(() => JsonNode.Parse(
            text, documentOptions: new() { AllowDuplicateProperties = false }))));

    [Theory]
    [InlineData("""{ "zebra": 1 }""", "line 1, column 11: key \"zebra\" is unknown")]
    [InlineData("""{ "epochs": "x" }""", "line 1, column 16: epochs: the value is of another kind than expected")]
    [InlineData("{}", " is missing")]
    public void Of_OtherKeysThanExpected_NamesThem(string text, string expected)
    {
        var fault = JsonFault.Of(Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(text, LeNetJson.Default.RunSummary)));

        Assert.EndsWith(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("LeNetServe", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_MessageOfTheProject_IsTheMessage() => Assert.Equal("found 1, expected 2", JsonFault.Of(new("found 1, expected 2")));
}
