using System.CommandLine;

namespace LeNetServe.Exporter.Commands;

/// <summary>Options as they are declared here: every one has a description, and choices are listed in lower case.</summary>
internal static class OptionText
{
    /// <summary>An option that must be given.</summary>
    public static Option<T> Required<T>(string name, string description) => new(name) { Description = description, Required = true };

    /// <summary>An option without a default.</summary>
    public static Option<T?> Optional<T>(string name, string description) => new(name) { Description = description };

    /// <summary>An option with a default.</summary>
    public static Option<T> WithDefault<T>(string name, T value, string description) => new(name) { Description = description, DefaultValueFactory = _ => value };

    /// <summary>An option that takes one of an enum's names in lower case.</summary>
    public static Option<T> Choice<T>(string name, T value, string description) where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(member => member.ToLowerInvariant()).ToArray();
        var option = new Option<T>(name)
        {
            Description = $"{description} ({string.Join(" | ", names)})",
            DefaultValueFactory = _ => value,
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (Array.IndexOf(names, text) is >= 0 and var index)
                    return Enum.GetValues<T>()[index];
                result.AddError($"{name} is \"{text}\", expected {string.Join(", ", names)}");
                return default;
            },
        };
        return option;
    }
}
