using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace LeNetServe.Exporter.Commands;

/// <summary>Options as they are declared here: every one has a description, and what cannot be read is named in the option's own words.</summary>
internal static class OptionText
{
    /// <summary>A text that must be given.</summary>
    public static Option<string> Required(string name, string description) => new(name) { Description = description, Required = true };

    /// <summary>A text without a default.</summary>
    public static Option<string?> Optional(string name, string description) => new(name) { Description = description };

    /// <summary>An option with a default.</summary>
    public static Option<T> WithDefault<T>(string name, T value, string description) => new(name) { Description = description, DefaultValueFactory = _ => value };

    /// <summary>A path that must be given.</summary>
    public static Option<string> RequiredPath(string name, string description) => NotEmpty(Required(name, description));

    /// <summary>A path without a default.</summary>
    public static Option<string?> Path(string name, string description) => NotEmpty(Optional(name, description));

    /// <summary>A path that stands for itself.</summary>
    public static Argument<string> PathArgument(string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.Validators.Add(result => CheckPath(name, result));
        return argument;
    }

    /// <summary>A number without a default.</summary>
    public static Option<T?> Number<T>(string name, string description) where T : struct, INumber<T> =>
        new(name) { Description = description, CustomParser = result => Parse<T>(name, result) };

    /// <summary>A number with a default.</summary>
    public static Option<T> Number<T>(string name, T value, string description) where T : struct, INumber<T> =>
        new(name) { Description = description, DefaultValueFactory = _ => value, CustomParser = result => Parse<T>(name, result) ?? default };

    private static T? Parse<T>(string name, ArgumentResult result) where T : struct, INumber<T>
    {
        var text = result.Tokens.Single().Value;
        if (T.TryParse(text, CultureInfo.InvariantCulture, out var value))
            return value;
        result.AddError($"{name} is \"{text}\", expected a {(T.IsInteger(T.One / (T.One + T.One)) ? "whole number" : "number")}");
        return null;
    }

    private static Option<T> NotEmpty<T>(Option<T> option)
    {
        option.Validators.Add(result => CheckPath(option.Name, result));
        return option;
    }

    private static void CheckPath(string name, SymbolResult result)
    {
        if (result.Tokens is [{ Value: "" }])
            result.AddError($"{name} is empty, expected a path");
    }
}
