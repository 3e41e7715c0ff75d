using System.Text.RegularExpressions;
using LeNetServe.EndToEnd.Tests.Conventions;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>Every message of the page on troubleshooting is one that the programs print.</summary>
public sealed partial class TroubleshootingTests
{
    [Fact]
    public void Messages_OfThePage_StandInTheSources()
    {
        // A message may be divided between the lines of a source.
        var sources = RepositoryTree.TrackedFiles
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal) || file == "install.cs")
            .Where(file => Path.GetExtension(file) is ".cs" or ".csproj")
            .Select(file => Divided().Replace(File.ReadAllText(Path.Combine(RepositoryTree.Root, file)).Replace("\\\"", "\""), ""))
            .ToArray();
        var page = File.ReadAllText(Path.Combine(RepositoryTree.Root, "docs", "troubleshooting.md"));

        var messages = Message().Matches(page).Select(match => match.Groups["text"].Value).ToArray();

        Assert.True(messages.Length >= 20, $"{messages.Length} messages");
        var unknown = messages.Where(message => !sources.Any(source => Regex.IsMatch(source, Pattern(message))));
        Violations.AssertNone(unknown);
    }

    // The parts of a message stand in one literal, with expressions between them.
    private static string Pattern(string message) =>
        string.Join("[^\n]*?", message.Split('…').Select(Regex.Escape).Where(part => part.Length > 0));

    [GeneratedRegex("^### `(?<text>.+)`$", RegexOptions.Multiline)]
    private static partial Regex Message();

    [GeneratedRegex("\"\\s*\\r?\\n\\s*\\+ \\$?\"")]
    private static partial Regex Divided();
}
