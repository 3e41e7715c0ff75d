using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Documents;

public sealed partial class LinkTests
{
    [Fact]
    public void Links_InEveryDocument_LeadSomewhere()
    {
        var broken =
            from document in RepositoryTree.TrackedFiles
            where Path.GetExtension(document) == ".md"
            let path = Path.Combine(RepositoryTree.Root, document)
            from Match link in Links().Matches(File.ReadAllText(path))
            let target = link.Groups["file"].Value is { Length: > 0 } file ? Path.Combine(Path.GetDirectoryName(path)!, file) : path
            where !Path.Exists(target) || (link.Groups["heading"].Value is { Length: > 0 } heading && !Headings(target).Contains(heading))
            select $"{document}: {link.Value[2..]}";

        Assert.Empty(broken);
    }

    /// <summary>Gets the names by which links reach a document's headings, as GitHub makes them.</summary>
    private static IEnumerable<string> Headings(string path) =>
        from Match heading in Heading().Matches(File.ReadAllText(path))
        select Dropped().Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?!https?:)(?<file>[^)#]*)(#(?<heading>[^)]+))?")]
    private static partial Regex Links();

    [GeneratedRegex(@"^#+ (?<text>.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Dropped();
}
