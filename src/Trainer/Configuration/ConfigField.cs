using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Configuration;

/// <summary>One field of <see cref="TrainingConfig"/>.</summary>
/// <param name="Key">Its key in JSON, snake_case.</param>
/// <param name="Type">Its type: int, double, bool, string or an enum.</param>
/// <param name="Description">Its effect.</param>
/// <param name="Default">Its value if neither recipe nor user gives one, as text; null if it has no default.</param>
/// <param name="Range">The numbers that it takes; null if it is not a number.</param>
internal sealed record ConfigField(string Key, Type Type, string Description, string? Default, RangeAttribute? Range)
{
    /// <summary>Gets the text of the command line's help: the field's effect, its default and its range.</summary>
    public string Help
    {
        get
        {
            var text = Default is null || Description.Contains("Default:", StringComparison.Ordinal) ? "" : $" Default: {Default}.";
            return Range is null ? Description + text : $"{Description}{text} Range: {Range.Minimum} to {Range.Maximum}.";
        }
    }

    /// <summary>Gets the key of a property in JSON.</summary>
    public static string KeyOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    /// <summary>Gets the option on the command line, such as <c>--learning-rate</c>.</summary>
    public string Option => $"--{Key.Replace('_', '-')}";

    /// <summary>Gets the values of an enum, as in JSON; empty for other types.</summary>
    public IReadOnlyList<string> Names { get; } =
    [
        .. Type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(name => name.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name).OfType<string>(),
    ];

    /// <summary>Makes JSON of the field's type from a text. A text that does not fit stays text for <see cref="Fault"/> to quote.</summary>
    public JsonValue Parse(string text)
    {
        if (Type == typeof(int) && int.TryParse(text, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        // A comma is not a separator of thousands: 0,004 would be 4. In a list of values, its second part is 004.
        if (Type == typeof(double) && !(text.Length > 1 && text[0] == '0' && char.IsDigit(text[1]))
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return JsonValue.Create(number);
        if (Type == typeof(bool) && bool.TryParse(text, out var flag))
            return JsonValue.Create(flag);
        return JsonValue.Create(text);
    }

    /// <summary>Gets the fault of a value's kind, with the found and the expected kind; null if it is right.</summary>
    public string? Fault(JsonNode? value)
    {
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        var fits = Type == typeof(int)
            ? kind == JsonValueKind.Number && int.TryParse(value!.ToJsonString(), CultureInfo.InvariantCulture, out _)
            : Type == typeof(double) ? kind == JsonValueKind.Number
            : Type == typeof(bool) ? kind is JsonValueKind.True or JsonValueKind.False
            : Type == typeof(string) ? kind == JsonValueKind.String
            : kind == JsonValueKind.String && Names.Contains(value!.GetValue<string>());
        var found = kind == JsonValueKind.String ? $"\"{value}\"" : value?.ToJsonString() ?? "null";
        return fits ? null : $"{Key} is {found}, expected {Expected}{NearestName.Hint($"{value}", Names)}";
    }

    private string Expected => Type == typeof(int) ? "a whole number"
        : Type == typeof(double) ? "a number"
        : Type == typeof(bool) ? "true or false"
        : Type == typeof(string) ? "text"
        : string.Join(", ", Names.SkipLast(1)) + $" or {Names[^1]}";
}
