using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>A command has one form: the command declares and reads its options, and a run class beside it does the work.</summary>
public sealed partial class CommandFormTests
{
    [Fact]
    public void Commands_OfEveryProgram_ReadOptionsAndStartARun()
    {
        var commands = RepositoryTree.Sources("src").Where(file => file.EndsWith("Command.cs", StringComparison.Ordinal))
            .Select(file => (Path: file, Text: File.ReadAllText(file)))
            // The command of the library has no program of its own.
            .Where(file => file.Text.Contains(".SetAction(") && !file.Text.Contains("namespace LeNetServe.Cli;")).ToList();

        Assert.True(commands.Count > 10);
        Violations.AssertNone(
            from file in commands
            let run = Path.GetFileName(file.Path).Replace("Command.cs", "Run")
            where !file.Text.Contains($"new {run}(") || !Options().IsMatch(file.Text)
                || !File.Exists(Path.Combine(Path.GetDirectoryName(file.Path)!, $"{run}.cs"))
            select $"{file.Path}: expected a method that reads the options, and new {run}(…)");
    }

    [GeneratedRegex(@"private static \w+ (Options|Request)\(ParseResult")]
    private static partial Regex Options();
}
