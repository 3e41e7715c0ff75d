using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Tests.Scoring;

public sealed class FolderLabelsTests
{
    [Theory]
    [InlineData("caf\u00e9", 1)]
    [InlineData("cafe\u0301", 1)]
    [InlineData("cafe", 0)]
    [InlineData("Cafe", -1)]
    [InlineData(null, -1)]
    public void IndexOf_AccentsInAnySpelling_IsTheClass(string? folder, int expected)
    {
        Assert.Equal(expected, new FolderLabels(["cafe", "caf\u00e9"], used: true).IndexOf(folder));
        Assert.Equal(expected, new FolderLabels(["cafe", "cafe\u0301"], used: true).IndexOf(folder));
        Assert.Equal(-1, new FolderLabels(["cafe", "caf\u00e9"], used: false).IndexOf(folder));
    }
}
