using LeNetServe.Datasets;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Tests.Training;

namespace LeNetServe.Trainer.Tests.Data;

public sealed class ClassNamesTests
{
    private static readonly ImageDataset Tiny = TinyDataset.Create(train: 8, test: 4);

    [Theory]
    [InlineData("new\nline")]
    [InlineData("bell\a")]
    [InlineData("line\u2028separator")]
    [InlineData("lone\ud800surrogate")]
    [InlineData(" ")]
    public void Require_NotOneLineOfText_IsRefused(string label) =>
        Assert.Contains("is not one line of text", Refusal("a", label), StringComparison.Ordinal);

    [Fact]
    public void Require_LongNames_AreRefused()
    {
        Assert.Contains("has 300 characters, expected at most 256", Refusal("a", new string('x', 300)), StringComparison.Ordinal);
        string[] many = [.. Enumerable.Range(0, 20_000).Select(number => $"{number:d100}")];
        Assert.Contains("the class names have 2,000,000 bytes", Refusal(many), StringComparison.Ordinal);
        Assert.Contains("two classes are named \"a\"", Refusal("a", "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Require_OddButSoundNames_AreTaken() =>
        ClassNames.Require(Tiny with { Labels = ["a, b", "\"quoted\"", " leading", "=1+1", "ж", "👍"] });

    private static string Refusal(params string[] labels) =>
        Assert.Throws<InvalidDataException>(() => ClassNames.Require(Tiny with { Labels = labels })).Message;
}
