namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>The line limit that .editorconfig states. Editors read it; the compiler and the formatter ignore it.</summary>
public sealed class LineLengthTests
{
    private const int Limit = 140;

    private static readonly string[] Extensions =
    [
        ".cs", ".md", ".html", ".css", ".js", ".mjs", ".proto", ".yaml", ".yml", ".sh", ".props", ".targets", ".csproj", ".svg",
    ];

    [Fact]
    public void Lines_OfEveryTrackedText_HaveAtMost140Characters()
    {
        var longer =
            from file in RepositoryTree.TrackedFiles
            where Extensions.Contains(Path.GetExtension(file)) && !file.EndsWith("/report.md", StringComparison.Ordinal)
            let isMarkdown = file.EndsWith(".md", StringComparison.Ordinal)
            from line in File.ReadLines(Path.Combine(RepositoryTree.Root, file)).Index()
            where line.Item.Length > Limit && !(isMarkdown && CannotBeBroken(line.Item))
            select $"{file}:{line.Index + 1}: {line.Item.Length} characters";

        Violations.AssertNone(longer);
    }

    // A row of a table is one line by Markdown's grammar, and so is a link that stands alone.
    private static bool CannotBeBroken(string line) =>
        line.StartsWith('|') || !line.TrimStart(' ', '-', '*').Contains(' ') || line.StartsWith("![", StringComparison.Ordinal);
}
