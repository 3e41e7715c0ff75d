using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LeNetServe.Cli;

/// <summary>Help with the options in sections, and with examples at its end.</summary>
public static class Examples
{
    /// <summary>Adds text, such as examples and exit codes, to the end of a command's help.</summary>
    /// <param name="command">The command.</param>
    /// <param name="examples">The text.</param>
    /// <param name="sections">Titles and options; the other options come last.</param>
    /// <returns>The same command.</returns>
    public static TCommand WithExamples<TCommand>(
        this TCommand command, string examples, params (string Title, Option[] Options)[] sections)
        where TCommand : Command
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null)
            command.Add(help = new HelpOption { Recursive = false });
        help.Action = new ExampleAction(command, examples, sections);
        return command;
    }

    private sealed class ExampleAction(Command owner, string examples, (string Title, Option[] Options)[] sections)
        : SynchronousCommandLineAction
    {
        // Help is shown whatever is missing on the command line.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var invocation = parseResult.InvocationConfiguration;
            var output = invocation.Output;
            using var help = new StringWriter();
            invocation.Output = help;
            var code = new HelpAction().Invoke(parseResult);
            invocation.Output = output;
            foreach (var line in InSections(help.ToString().ReplaceLineEndings("\n").Split('\n').SkipLast(1).ToList()))
                output.WriteLine(line);
            // The option of a program's root is the option of all commands below it, too.
            if (parseResult.CommandResult.Command == owner)
                output.WriteLine(examples.ReplaceLineEndings());
            return code;
        }

        /// <summary>Puts a section's title before its rows. The library writes all options under one title.</summary>
        private List<string> InSections(List<string> lines)
        {
            var first = lines.FindIndex(line => line.StartsWith("  -", StringComparison.Ordinal));
            var end = first < 0 ? -1 : lines.FindIndex(first, line => line.Length == 0);
            if (sections.Length == 0 || end < 0)
                return lines;
            var rows = new List<List<string>>();
            foreach (var line in lines[first..end])
                if (line.StartsWith("  -", StringComparison.Ordinal))
                    rows.Add([line]);
                else
                    rows[^1].Add(line);
            var text = lines[..(first - 1)];
            foreach (var section in rows.GroupBy(row => Array.FindIndex(sections, section => section.Options.Any(one => IsOf(row[0], one))))
                .OrderBy(section => section.Key < 0 ? int.MaxValue : section.Key))
            {
                text.Add(section.Key < 0 ? lines[first - 1] : $"{sections[section.Key].Title}:");
                text.AddRange(section.SelectMany(row => row));
                text.Add("");
            }
            return [.. text, .. lines[(end + 1)..]];
        }

        private static bool IsOf(string row, Option option) =>
            row.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).TakeWhile(word => word[0] == '-').Contains(option.Name);
    }
}
