using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>A fenced block of a Markdown document, with the HTML comment on the line before it.</summary>
/// <param name="File">The document, relative to the repository's root.</param>
/// <param name="Line">The line of the opening fence.</param>
/// <param name="Language">The word after the fence; empty for output and drawings.</param>
/// <param name="Directive">The text of the comment, such as <c>not run: needs a cluster</c>; empty if there is none.</param>
/// <param name="Code">The lines between the fences.</param>
internal sealed partial record DocumentBlock(string File, int Line, string Language, string Directive, string Code)
{
    private static readonly string[] Programs = ["bash", "sh", "csharp", "python", "javascript", "powershell", "dockerfile"];

    /// <summary>True if the block is a command or a program, so that it must run or say why it cannot.</summary>
    public bool IsCode => Programs.Contains(Language);

    /// <summary>True if the block is a command.</summary>
    public bool IsCommand => Language is "bash" or "sh";

    /// <summary>The reason why the block does not run; null if it runs.</summary>
    public string? Reason => Argument("not run:");

    /// <summary>The file that the block is the content of; null if the block is a command.</summary>
    public string? FileName => Argument("file:");

    /// <summary>The name by which a test of its own runs the block; null if there is none.</summary>
    public string? Test => Argument("test:");

    /// <summary>True if the command goes on until it is stopped, such as a server.</summary>
    public bool IsServer => Directive.StartsWith("runs until it is stopped", StringComparison.Ordinal);

    /// <summary>The words that a server prints when it is ready.</summary>
    public string Ready => Argument("runs until it is stopped:") ?? "LeNetServe ready";

    /// <summary>A need that a machine may not meet, such as <c>mnist</c>; null if there is none.</summary>
    public string? Needs => Argument("needs:");

    /// <summary>The blocks of every tracked document, in the order of the document.</summary>
    public static IEnumerable<DocumentBlock> All =>
        from file in RepositoryTree.TrackedFiles
        where Path.GetExtension(file) == ".md"
        let text = System.IO.File.ReadAllText(Path.Combine(RepositoryTree.Root, file))
        from Match match in Fence().Matches(text)
        let line = text.AsSpan(0, match.Groups["fence"].Index).Count('\n') + 1
        select new DocumentBlock(
            file, line, match.Groups["language"].Value, match.Groups["directive"].Value.Trim(), match.Groups["code"].Value);

    /// <summary>README's block that installs the programs.</summary>
    public static DocumentBlock Install =>
        All.Single(block => block.File == "README.md" && block.Code.StartsWith("dotnet run install.cs", StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}";

    private string? Argument(string key) =>
        Directive.StartsWith(key, StringComparison.Ordinal) ? Directive[key.Length..].Trim() : null;

    [GeneratedRegex(
        @"(?:^<!--(?<directive>[^>]*)-->\r?\n)?^(?<fence>```)(?<language>\w*)\r?\n(?<code>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
