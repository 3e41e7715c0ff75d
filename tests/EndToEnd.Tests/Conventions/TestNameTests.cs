using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>A test's name says what is done, in which case, and what comes of it.</summary>
public sealed partial class TestNameTests
{
    [Fact]
    public void Tests_InEveryProject_AreNamedMethodConditionResult()
    {
        var wrong =
            from file in RepositoryTree.Sources("tests")
            from Match match in Tests().Matches(File.ReadAllText(file))
            let name = match.Groups["name"].Value
            where name.Split('_') is not [_, _, _]
            select $"{RepositoryTree.Relative(file)}: {name}";

        Assert.Empty(wrong);
    }

    [GeneratedRegex(
        @"^    \[(?:Fact|Theory)\b.*\r?\n(?:    \[.*\r?\n)*    public (?:static )?(?:async )?[\w<>.]+ (?<name>\w+)\(",
        RegexOptions.Multiline)]
    private static partial Regex Tests();
}
