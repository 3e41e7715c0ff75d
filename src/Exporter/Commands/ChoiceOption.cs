using System.CommandLine;

namespace LeNetServe.Exporter.Commands;

/// <summary>An option that takes one of an enum's names: lower case in every text, any case from the user.</summary>
internal sealed class ChoiceOption<T> : Option<string> where T : struct, Enum
{
    private static readonly string[] Names = [.. Enum.GetNames<T>().Select(member => member.ToLowerInvariant())];

    public ChoiceOption(string name, T value, string description)
        : base(name)
    {
        Description = $"{description} ({string.Join(" | ", Names)})";
        DefaultValueFactory = _ => value.ToString().ToLowerInvariant();
        Validators.Add(result =>
        {
            if (!result.Implicit && result.Tokens is [var token] && !Names.Contains(token.Value, StringComparer.OrdinalIgnoreCase))
                result.AddError($"{name} is \"{token.Value}\", expected {string.Join(", ", Names)}");
        });
    }

    /// <summary>What was chosen.</summary>
    public T Read(ParseResult parsed) => Enum.Parse<T>(parsed.GetValue(this)!, ignoreCase: true);
}
