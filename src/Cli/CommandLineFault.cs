using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace LeNetServe.Cli;

/// <summary>The fault of a command line in two lines: the fault with the nearest name, and the way to the help.</summary>
internal static class CommandLineFault
{
    /// <summary>Gets the two lines; null if the command line is good.</summary>
    /// <param name="tool">The program's name in a shell.</param>
    /// <param name="parsed">The command line.</param>
    public static string? Of(string tool, ParseResult parsed)
    {
        var message = UnknownOption(parsed)
            ?? (parsed.Errors.Count == 0 ? Empty(parsed) : Unmatched(parsed) ?? OfError(parsed.Errors[0], parsed));
        return message is null ? null : $"error: {message.ReplaceLineEndings(" ")}{Environment.NewLine}{HelpOf(tool, parsed)}";
    }

    /// <summary>A variable of a shell that is not set is an empty word, such as in <c>--out "$DIR"</c>.</summary>
    private static string? Empty(ParseResult parsed) => parsed.CommandResult.Children
        .Where(result => result.Tokens.Any(token => token.Value.Length == 0))
        .Select(result => $"{(result is OptionResult option ? option.Option.Name : ((ArgumentResult)result).Argument.Name)} is empty, "
            + "expected a path or a text").FirstOrDefault();

    /// <summary>
    /// An argument, or an option with a list, takes any word, so a mistyped option lands there. A file whose name begins with a dash is
    /// good.
    /// </summary>
    private static string? UnknownOption(ParseResult parsed)
    {
        var command = parsed.CommandResult;
        // A word in the place of a command is the fault, whatever follows it.
        if (command.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [[not '-', ..], ..])
            return null;
        var lists = command.Command.Options.Where(option => option.AllowMultipleArgumentsPerToken)
            .SelectMany(option => command.GetResult(option)?.Tokens ?? []);
        var words = command.Command.Arguments.SelectMany(argument => command.GetResult(argument)?.Tokens ?? []).Concat(lists)
            .Select(token => token.Value)
            .Concat(parsed.Errors.Count == 0 ? [] : parsed.UnmatchedTokens);
        var separator = parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        return words.FirstOrDefault(word => word.Length > 1 && word[0] == '-' && !separator && !Path.Exists(word)) is { } option
            ? OfACommand(parsed, option.Split('=')[0]) ?? $"{option} is not an option{Suggestion(option, Names(parsed))}"
            : null;
    }

    /// <summary>Gets the fault of a line that has a command's option and not the command.</summary>
    private static string? OfACommand(ParseResult parsed, string option)
    {
        var commands = parsed.CommandResult.Command.Subcommands
            .Where(command => !command.Hidden && command.Options.Any(one => one.Name == option || one.Aliases.Contains(option)))
            .Select(command => command.Name).ToList();
        return commands.Count == 0 ? null : $"{option} is an option of {string.Join(", ", commands)}, expected a command before it";
    }

    private static string? Unmatched(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var word, ..])
            return null;
        var commands = parsed.CommandResult.Command.Subcommands.Where(command => !command.Hidden).Select(command => command.Name).ToList();
        return commands.Count > 0
            ? $"{word} is not a command{NearestName.Expected(word, commands, "")}"
            : $"\"{word}\" is not expected{After(parsed, word)}{Suggestion($"--{word}", Names(parsed))}";
    }

    private static string OfError(ParseError error, ParseResult parsed) => error.SymbolResult switch
    {
        OptionResult { IdentifierToken: null, Tokens.Count: 0 } missing =>
            $"{missing.Option.Name} is missing{Meaning(missing.Option.Description)}",
        OptionResult { Tokens.Count: 0 } bare => $"{bare.Option.Name} needs a value{Meaning(bare.Option.Description)}",
        OptionResult { Tokens.Count: > 1, Option.Arity.MaximumNumberOfValues: 1 } twice =>
            $"{twice.Option.Name} is given twice, expected it once",
        OptionResult { Tokens: [var token] } option when Expected(option.Option.ValueType, token.Value) is { } expected =>
            $"{option.Option.Name} is \"{token.Value}\", expected {expected}",
        ArgumentResult { Tokens.Count: 0 } missing =>
            $"{missing.Argument.Name.ToUpperInvariant()} is missing{Meaning(missing.Argument.Description)}",
        ArgumentResult { Tokens: [var token] } argument when Expected(argument.Argument.ValueType, token.Value) is { } expected =>
            $"{argument.Argument.Name} is \"{token.Value}\", expected {expected}",
        CommandResult { Command.Subcommands.Count: > 0 } => $"no command is given, expected {string.Join(", ", Commands(parsed))}",
        _ => error.Message,
    };

    private static string? Expected(Type type, string text)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(int) && !int.TryParse(text, CultureInfo.InvariantCulture, out _))
            return "a whole number";
        return type == typeof(double) && !double.TryParse(text, CultureInfo.InvariantCulture, out _) ? "a number" : null;
    }

    private static string Meaning(string? description) => description is null ? "" : $": {description.TrimEnd('.')}";

    /// <summary>The option before a word that is too many: it took its value already.</summary>
    private static string After(ParseResult parsed, string word)
    {
        var option = parsed.Tokens.TakeWhile(token => token.Value != word).LastOrDefault(token => token.Type == TokenType.Option);
        return option is null ? "" : $"; {option.Value} before it takes one value";
    }

    /// <summary>Gets the line that names the help of the command.</summary>
    public static string HelpOf(string tool, ParseResult parsed)
    {
        var path = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
            if (command.Command is not RootCommand)
                path.Insert(0, command.Command.Name);
        return $"help: {string.Join(' ', [tool, .. path, "--help"])}";
    }

    private static IEnumerable<string> Commands(ParseResult parsed) =>
        parsed.CommandResult.Command.Subcommands.Where(command => !command.Hidden).Select(command => command.Name);

    private static List<string> Names(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
            names.AddRange(command.Command.Options.Where(option => !option.Hidden && (option.Recursive || result == parsed.CommandResult))
                .SelectMany(option => option.Aliases.Append(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal)));
        return names;
    }

    private static string Suggestion(string word, IEnumerable<string> names) =>
        NearestName.Hint(word.Split('=')[0].Replace('_', '-'), names);
}
