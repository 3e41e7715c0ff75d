using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>
/// A fenced block of a document. HTML comments before it, <c>&lt;!-- key: value --&gt;</c>, tell a test how to run it. <c>file</c> is the
/// name of a program, and <c>run</c> the command that starts it. <c>server</c> starts a server for the rest of the document.
/// <c>exit</c> is the expected exit code. <c>not run</c> is the reason for which the block cannot run.
/// </summary>
/// <param name="File">The document, relative to the repository.</param>
/// <param name="Line">The line of the fence.</param>
/// <param name="Language">The word after the fence.</param>
/// <param name="Code">The lines between the fences.</param>
/// <param name="Marks">The comments before the block.</param>
internal sealed partial record DocumentBlock(
    string File, int Line, string Language, string Code, IReadOnlyDictionary<string, string> Marks)
{
    private static readonly string[] Shells = ["bash", "sh", "console"];
    private static readonly string[] Programs = ["csharp", "python", "javascript"];

    /// <summary>The block is a list of commands.</summary>
    public bool IsCommands => Shells.Contains(Language);

    /// <summary>The block is a program, which needs a file name.</summary>
    public bool IsProgram => Programs.Contains(Language);

    /// <summary>The reason for which the block is not run; null if it is run.</summary>
    public string? Excuse => Marks.GetValueOrDefault("not run");

    /// <summary>The place for messages.</summary>
    public string Place => $"{File}:{Line}";

    /// <summary>Reads all blocks of a document.</summary>
    public static IReadOnlyList<DocumentBlock> Of(string file, string text)
    {
        var blocks = new List<DocumentBlock>();
        foreach (Match match in Block().Matches(text))
        {
            var marks = Mark().Matches(match.Groups["marks"].Value)
                .ToDictionary(mark => mark.Groups["key"].Value.Trim(), mark => mark.Groups["value"].Value.Trim());
            var line = text.AsSpan(0, match.Groups["fence"].Index).Count('\n') + 1;
            blocks.Add(new(file, line, match.Groups["language"].Value, match.Groups["code"].Value, marks));
        }
        return blocks;
    }

    [GeneratedRegex(
        @"(?<marks>(?:^[ ]*<!--(?:(?!-->).)*-->\s*)*)^[ ]*(?<fence>```)(?<language>\w*)[^\n]*\n(?<code>.*?)^[ ]*```[ ]*$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"<!--\s*(?<key>[\w ]+?)\s*(?::\s*(?<value>.*?))?\s*-->", RegexOptions.Singleline)]
    private static partial Regex Mark();
}
