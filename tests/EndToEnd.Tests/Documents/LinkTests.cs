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
            let target = link.Groups["target"].Value
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target))
            select $"{document}: {target}";

        Assert.Empty(broken);
    }

    [GeneratedRegex(@"\]\((?!https?:|#)(?<target>[^)#]+)")]
    private static partial Regex Links();
}
