using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LeNetServe;

/// <summary>Says in the project's words what is wrong with a JSON text; .NET's own messages speak of types of the program.</summary>
public static partial class JsonFault
{
    // A part of .NET's message, and the message to the user.
    private static readonly (string Part, string Fault)[] Faults =
    [
        ("trailing comma", "a comma before the closing bracket, expected none"),
        ("reached end of data", "the text ends too early"),
        ("open JSON object or array", "the text ends too early"),
        ("does not contain any JSON", "the text is empty, expected JSON"),
        ("invalid start of a property name", "expected a key in double quotes"),
        ("invalid start of a value", "expected a value"),
        ("after a single JSON value", "more text after the end, expected one value"),
        ("invalid after a value", "expected a comma or a closing bracket"),
        ("without a matching open", "the closing bracket matches no open one"),
        ("literal", "expected true, false, null, a number, or text in double quotes"),
        ("leading zero", "a number begins with 0, expected none"),
        ("end of a number", "the number has no end, or a letter in it"),
        ("beyond the range", "the number is beyond the range of numbers"),
        ("setting null values", "the value is null, expected one"),
        ("could not be converted", "the value is of another kind than expected"),
    ];

    /// <summary>Gets the fault with line, column and key as far as they are known.</summary>
    public static string Of(JsonException exception)
    {
        var message = exception.Message;
        if (Name(Twice(), message) is { } twice)
            return $"key \"{twice}\" is given twice";
        if (Name(Unknown(), message) is { } unknown)
            return $"{Place(exception)}key \"{unknown}\" is unknown";
        if (Name(Missing(), message) is { } missing)
            return $"{Place(exception)}{missing.Replace("'", "\"")} is missing";
        // Without a place the message is one of the project's own.
        if (exception.LineNumber is null)
            return message;
        var fault = Faults.FirstOrDefault(pair => message.Contains(pair.Part, StringComparison.Ordinal)).Fault ?? "this is not JSON";
        return $"{Place(exception)}{(exception.Path is { Length: > 2 } path ? $"{path.TrimStart('$', '.')}: " : "")}{fault}";
    }

    /// <summary>Gets the fault of a text that may have other faults than those of JSON.</summary>
    public static string MessageOf(Exception exception) => exception is JsonException json ? Of(json) : exception.Message;

    /// <summary>
    /// Refuses half of a surrogate pair in a text. A document would refuse it later, as a fault of the program that reads the text.
    /// </summary>
    /// <exception cref="JsonException">A text or a key has one.</exception>
    public static void RequireWholeTexts(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        while (reader.Read())
            if (reader.ValueIsEscaped && !IsWhole(reader))
            {
                var text = Encoding.UTF8.GetString(reader.ValueSpan);
                throw new JsonException($"the text \"{text}\" has half of a surrogate pair, expected both halves");
            }
    }

    private static bool IsWhole(Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string Place(JsonException exception) => exception is { LineNumber: { } line, BytePositionInLine: { } column }
        ? $"line {line + 1}, column {column + 1}: "
        : "";

    private static string? Name(Regex pattern, string message) =>
        pattern.Match(message) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("^Duplicate property '(.+)' encountered")]
    private static partial Regex Twice();

    [GeneratedRegex("^The JSON property '(.+)' could not be mapped")]
    private static partial Regex Unknown();

    [GeneratedRegex("missing required properties including: (.+?)\\.")]
    private static partial Regex Missing();
}
