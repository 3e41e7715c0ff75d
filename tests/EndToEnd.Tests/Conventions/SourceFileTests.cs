using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>A file is found by the name of what it holds.</summary>
public sealed partial class SourceFileTests
{
    [Fact]
    public void Files_WithAPublicType_HoldOneAndAreNamedAfterIt()
    {
        var wrong =
            from file in RepositoryTree.Sources("src", "tests", "benchmarks", "samples")
            let types = PublicTypes().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value).ToArray()
            where types.Length > 1 || (types.Length == 1 && types[0] != Path.GetFileName(file).Split('.')[0])
            select $"{RepositoryTree.Relative(file)}: {string.Join(", ", types)}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Names_OfFilesAndFolders_SayWhatTheyHold()
    {
        var vague =
            from file in RepositoryTree.Sources("src", "tests", "benchmarks", "samples")
            let path = RepositoryTree.Relative(file)
            where VagueNames().IsMatch(path)
            select path;

        Assert.Empty(vague);
    }

    // Types at the margin are those of the file-scoped namespace; nested ones are indented.
    [GeneratedRegex(
        @"^public (?:[a-z]+ )*?(?:record struct|record class|record|class|struct|interface|enum)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicTypes();

    [GeneratedRegex(@"Helper|Utilit|Utils?(?![a-z])|Manager|Common(?![a-z])|Misc(?![a-z])|/(Services|Interfaces|Dtos)/")]
    private static partial Regex VagueNames();
}
