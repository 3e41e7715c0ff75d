using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Readme;

/// <summary>A block of code in README.md that a test runs as it stands, marked by <c>&lt;!-- test: name --&gt;</c> before it.</summary>
internal static partial class ReadmeSnippet
{
    /// <summary>The names of all marked blocks.</summary>
    public static IReadOnlyList<string> Names => [.. Marked().Matches(Text).Select(match => match.Groups["name"].Value)];

    /// <summary>README.md.</summary>
    public static string Text => File.ReadAllText(Path.Combine(RepositoryTree.Root, "README.md"));

    /// <summary>The code of one block.</summary>
    public static string Code(string name) =>
        Marked().Matches(Text).Single(match => match.Groups["name"].Value == name).Groups["code"].Value;

    [GeneratedRegex(@"<!-- test: (?<name>[\w-]+) -->\r?\n```\w+\r?\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Marked();
}
