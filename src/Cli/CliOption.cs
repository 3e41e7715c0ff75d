using System.CommandLine;
using System.CommandLine.Parsing;
using System.Numerics;

namespace LeNetServe.Cli;

/// <summary>Declares options and arguments: every one has a description, and a wrong value is named in the option's own words.</summary>
public static class CliOption
{
    /// <summary>A text that must be given.</summary>
    public static Option<string> Required(string name, string description) => new(name) { Description = description, Required = true };

    /// <summary>A text without a default.</summary>
    public static Option<string?> Optional(string name, string description) => new(name) { Description = description };

    /// <summary>A text that may be given several times.</summary>
    public static Option<string[]> List(string name, string description) => new(name) { Description = description };

    /// <summary>An option with a default.</summary>
    public static Option<T> WithDefault<T>(string name, T value, string description) =>
        WithoutComma(new Option<T>(name) { Description = description, DefaultValueFactory = _ => value });

    /// <summary>A number without a default.</summary>
    public static Option<T?> Number<T>(string name, string description) where T : struct, INumber<T> =>
        WithoutComma(new Option<T?>(name) { Description = description });

    /// <summary>A switch that is off unless it is given.</summary>
    public static Option<bool> Switch(string name, string description) => new(name) { Description = description };

    /// <summary><c>--csv-safe</c> of all commands that write CSV.</summary>
    public static Option<bool> CsvSafe() => Switch(
        "--csv-safe", "In CSV, an apostrophe before texts that a spreadsheet would run as a formula; paths then differ from files' names.");

    /// <summary>
    /// One of an enumeration's names, in any case from the user and in lower case in texts. Its first name is the default.
    /// </summary>
    public static Option<T> Choice<T>(string name, string description) where T : struct, Enum => Completed(new Option<T>(name)
    {
        Description = $"{description} ({string.Join(" | ", Names<T>())}). Default: {Names<T>().First()}",
        HelpName = "NAME",
        CustomParser = result => Parse<T>(name, result) ?? default,
    }, Names<T>());

    /// <summary>One of an enumeration's names, or null.</summary>
    public static Option<T?> OptionalChoice<T>(string name, string description) where T : struct, Enum => Completed(new Option<T?>(name)
    {
        Description = $"{description} ({string.Join(" | ", Names<T>())})",
        HelpName = "NAME",
        CustomParser = result => Parse<T>(name, result),
    }, Names<T>());

    /// <summary>Rejects smaller numbers.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, T least) where T : struct, INumber<T>
    {
        option.Validators.Add(result => RejectSmaller(result, option.Name, least));
        return option;
    }

    /// <summary>Rejects smaller numbers.</summary>
    public static Option<T?> AtLeast<T>(this Option<T?> option, T least) where T : struct, INumber<T>
    {
        option.Validators.Add(result => RejectSmaller(result, option.Name, least));
        return option;
    }

    /// <summary>Warns of each given option that has no effect, because what it belongs to is not there.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="isThere">Whether it is there.</param>
    /// <param name="needed">Its name.</param>
    /// <param name="options">The options that belong to it.</param>
    public static void WarnWithout(this ParseResult parsed, bool isThere, string needed, params Option[] options)
    {
        foreach (var option in options.Where(option => !isThere && parsed.GetResult(option) is { Implicit: false }))
            Console.Error.WriteLine($"warning: {option.Name} has no effect without {needed}");
    }

    /// <summary>Gives an option's value a name for the help.</summary>
    public static Option<T> Named<T>(this Option<T> option, string value)
    {
        option.HelpName = value;
        return option;
    }

    /// <summary>Gives a shell the values of an option to complete.</summary>
    public static Option<T> Completed<T>(this Option<T> option, IEnumerable<string> values)
    {
        // Without a name the help would list the values twice.
        option.HelpName ??= "NAME";
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. values]);
        return option;
    }

    /// <summary>Gives an option a second, short name.</summary>
    public static Option<T> Or<T>(this Option<T> option, string alias)
    {
        option.Aliases.Add(alias);
        return option;
    }

    private static void RejectSmaller<T>(OptionResult result, string name, T least) where T : struct, INumber<T>
    {
        if (result.Tokens is [var token] && T.TryParse(token.Value, null, out var value) && value < least)
            result.AddError($"{name} is {value}, expected {least} or more");
    }

    /// <summary>Rejects a comma in a number, which the parser would skip as a separator of thousands: 0,5 would be 5.</summary>
    private static Option<T> WithoutComma<T>(Option<T> option)
    {
        if (typeof(T) == typeof(double) || typeof(T) == typeof(double?))
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var text }] && text.Contains(','))
                    result.AddError($"{option.Name} is \"{text}\", expected a number such as 0.5");
            });
        return option;
    }

    private static T? Parse<T>(string name, ArgumentResult result) where T : struct, Enum
    {
        var text = result.Tokens[0].Value;
        if (Names<T>().Contains(text, StringComparer.OrdinalIgnoreCase))
            return Enum.Parse<T>(text, ignoreCase: true);
        result.AddError($"{name} is \"{text}\", expected {string.Join(", ", Names<T>())}{NearestName.Hint(text, Names<T>())}");
        return null;
    }

    private static IEnumerable<string> Names<T>() where T : struct, Enum => Enum.GetNames<T>().Select(name => name.ToLowerInvariant());
}
