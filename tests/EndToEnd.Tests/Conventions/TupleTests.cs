using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>Tuple assignments are for coordinates and swaps.</summary>
public sealed partial class TupleTests
{
    [Fact]
    public void Assignments_OfTuples_AreNoConstructorsAndNoCounters() => Violations.AssertNone(
        from file in RepositoryTree.Sources("src")
        from line in File.ReadLines(file).Index()
        where Fields().IsMatch(line.Item) || Counters().IsMatch(line.Item)
        select $"{file}:{line.Index + 1}: {line.Item.Trim()}");

    [GeneratedRegex(@"\((this\.\w+, |[^()]*, this\.)[^()]*\) = \(|=> \([A-Z]\w*, [A-Z][^()]*\) = \(")]
    private static partial Regex Fields();

    [GeneratedRegex(@"^\s*(var )?\([^()]*\) = \(([^(]*, )?-?[0-9]\w*(, [^(]*)?\);")]
    private static partial Regex Counters();
}
