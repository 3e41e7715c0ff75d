namespace LeNetServe.EndToEnd.Tests.Reference;

/// <summary>The help text of a program or of one of its commands, in parts.</summary>
/// <param name="Program">The program's name.</param>
/// <param name="Usage">The usage line.</param>
/// <param name="Description">The description.</param>
/// <param name="Commands">The names of the commands.</param>
/// <param name="Tables">The options and arguments of each section, with their texts.</param>
/// <param name="Examples">The lines of the examples.</param>
internal sealed record CommandHelp(
    string Program,
    string Usage,
    string Description,
    IReadOnlyList<string> Commands,
    IReadOnlyList<IReadOnlyList<(string Name, string Text)>> Tables,
    IReadOnlyList<string> Examples)
{
    private const int MostCharacters = 140;

    private static readonly string[] NoTables = ["Description:", "Usage:", "Commands:", "Examples:"];

    /// <summary>Reads the sections of a help text. A section begins with a line that is not indented.</summary>
    public static CommandHelp Parse(string help)
    {
        var sections = new Dictionary<string, List<string>>();
        var section = new List<string>();
        foreach (var line in help.Split('\n'))
        {
            if (line.Length > 0 && line[0] != ' ' && line.EndsWith(':'))
                sections[line] = section = [];
            else if (line.StartsWith("  ", StringComparison.Ordinal))
                section.Add(line);
        }
        var usage = sections["Usage:"][0].Trim();
        return new(
            usage.Split(' ')[0],
            usage,
            string.Join(' ', sections["Description:"].Select(line => line.Trim())),
            [.. sections.GetValueOrDefault("Commands:", []).Where(IsRow).Select(line => line.Trim().Split(' ')[0])],
            [.. sections.Where(section => !NoTables.Contains(section.Key)).Select(section => Rows(section.Value))],
            sections.GetValueOrDefault("Examples:", []));
    }

    /// <summary>The command as a section with a list of its options, if it has any.</summary>
    public IEnumerable<string> ToMarkdown()
    {
        var rows = Tables.SelectMany(table => table).Where(row => !row.Name.Contains("--help", StringComparison.Ordinal)).ToList();
        return
        [
            "", $"### {string.Join(' ', Usage.Split(' ').Skip(1).TakeWhile(word => char.IsAsciiLetterLower(word[0])))}", "", Description,
            .. rows.Count == 0 ? Array.Empty<string>() : [""],
            .. rows.SelectMany(row => Lines($"- `{row.Name}`: {row.Text}")),
        ];
    }

    // Two spaces separate name and text. A line that is indented further continues the text before it.
    private static List<(string Name, string Text)> Rows(List<string> lines)
    {
        var rows = new List<(string Name, string Text)>();
        foreach (var line in lines)
        {
            var parts = line.Trim().Split("  ", 2, StringSplitOptions.TrimEntries);
            if (IsRow(line))
                rows.Add((parts[0], parts.Length > 1 ? parts[1] : ""));
            else if (rows.Count > 0)
                rows[^1] = (rows[^1].Name, $"{rows[^1].Text} {line.Trim()}");
        }
        return rows;
    }

    private static bool IsRow(string line) => line.Length > 2 && line[2] != ' ';

    /// <summary>Divides an item of a list into lines that are not too long.</summary>
    private static IEnumerable<string> Lines(string item)
    {
        var line = "";
        foreach (var word in item.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length + 1 + word.Length > MostCharacters)
            {
                yield return line;
                line = " ";
            }
            line += line.Length == 0 ? word : $" {word}";
        }
        yield return line;
    }
}
