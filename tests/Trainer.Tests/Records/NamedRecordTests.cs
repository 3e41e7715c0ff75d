using System.Globalization;
using System.Text.RegularExpressions;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Records;

namespace LeNetServe.Trainer.Tests.Records;

public sealed partial class NamedRecordTests
{
    private static readonly NamedRecord Example = new()
    {
        Name = "example",
        Recipe = "fast",
        Measured = "",
        Hardware = "",
        Seconds = 30,
        Runs = [new(1, 0.98, 0.1), new(2, 0.99, 0.1), new(3, 0.97, 0.1)],
    };

    public static TheoryData<string> Names => [.. NamedRecord.All.Select(record => record.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void All_EachRecord_HasARecipeAndThreeSeedsAtLeast(string name)
    {
        var record = NamedRecord.All.Single(record => record.Name == name);

        Assert.Contains(record.Recipe, RecipeFiles.Names);
        Assert.True(record.Runs.Count >= 3);
        Assert.Equal(record.Runs.Count, record.Runs.DistinctBy(run => run.Seed).Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void All_EachRecord_IsInTheDocument(string name)
    {
        var record = NamedRecord.All.Single(record => record.Name == name);
        var document = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "records.md"));
        var section = Section().Matches(document).Select(match => match.Value)
            .Single(text => text.Contains($"lenetserve-train records reproduce {name}\n", StringComparison.Ordinal));

        Assert.Contains(record.Measured.Split(", ")[^1], section, StringComparison.Ordinal);
        Assert.Contains($"{record.TestAccuracy.ToString("0.00", 100)} %", section, StringComparison.Ordinal);
        foreach (var run in record.Runs)
        {
            var row = section.Split('\n').Single(line => line.StartsWith($"| {run.Seed} |", StringComparison.Ordinal));
            Assert.EndsWith(
                string.Create(CultureInfo.InvariantCulture, $"| {100 * run.TestAccuracy:0.00} % | {run.TestLoss:0.0000} |"),
                row,
                StringComparison.Ordinal);
        }
    }

    [Theory]
    // Deviation 0.01, t(2) = 4.3027: 0.98 ± 4.3027·0.01·√(1/3 + 1/m).
    [InlineData(3, 0.0351)]
    [InlineData(1, 0.0497)]
    public void Expected_OfFurtherRuns_IsThePredictionInterval(int runs, double half)
    {
        var (low, high) = Example.Expected(runs);

        Assert.Equal(0.98 - half, low, 1e-4);
        Assert.Equal(0.98 + half, high, 1e-4);
    }

    [Fact]
    public void SecondsOf_OneOfThreeRuns_IsAThird() => Assert.Equal(10, Example.SecondsOf(1));

    [GeneratedRegex(@"^## .*?(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();
}
