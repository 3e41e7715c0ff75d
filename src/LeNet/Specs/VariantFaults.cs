using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace LeNetServe.Specs;

/// <summary>Finds the fault of a variant file in the file's own words: the layer, the key, the known and the nearest name.</summary>
internal static class VariantFaults
{
    private static readonly Dictionary<string, Type> Types = typeof(LayerSpec).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToDictionary(derived => (string)derived.TypeDiscriminator!, derived => derived.DerivedType);

    /// <summary>Gets the first fault of the layers' types, keys and kinds of values; null if there is none.</summary>
    public static string? Of(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("layers", out var layers))
            return $"found {Kind(root)}, expected an object with a list \"layers\"";
        if (root.EnumerateObject().Select(property => property.Name).FirstOrDefault(name => name != "layers") is { } other)
            return $"key \"{other}\" is unknown, expected \"layers\" alone";
        if (layers.ValueKind != JsonValueKind.Array)
            return $"layers is {Kind(layers)}, expected a list of layers";
        return layers.EnumerateArray().Select((layer, index) => OfLayer(layer, index + 1)).FirstOrDefault(fault => fault is not null);
    }

    private static string? OfLayer(JsonElement layer, int number)
    {
        if (layer.ValueKind != JsonValueKind.Object)
            return $"layer {number} is {Kind(layer)}, expected an object with type and name";
        var isNamed = layer.TryGetProperty("name", out var text) && text.ValueKind == JsonValueKind.String;
        var name = isNamed ? $"layer {text}" : $"layer {number}";
        var types = string.Join(", ", Types.Keys);
        if (!layer.TryGetProperty("type", out var type))
            return $"{name}: type is missing, expected one of {types}";
        if (!Types.TryGetValue(type.ToString(), out var record))
            return $"{name}: type is {type.GetRawText()}, expected one of {types}{NearestName.Hint(type.ToString(), Types.Keys)}";
        var properties = LeNetJson.Default.TypeInfo(record).Properties;
        var known = properties.Where(property => property.Set is not null).ToDictionary(property => property.Name);
        // Layers that are copied from a run's model.json have properties that are written and not read.
        var written = properties.Where(property => property.Set is null).Select(property => property.Name).Append("type").ToHashSet();
        foreach (var property in layer.EnumerateObject().Where(property => !written.Contains(property.Name)))
            if (!known.TryGetValue(property.Name, out var key))
                return $"{name}: key \"{property.Name}\" is unknown for type {type}, expected one of {string.Join(", ", known.Keys)}"
                    + NearestName.Hint(property.Name, known.Keys);
            else if (!Fits(property.Value, key))
                return $"{name}: {property.Name} is {property.Value.GetRawText()}, expected {Expected(key.PropertyType)}";
        return known.Values.FirstOrDefault(property => property.IsRequired && !layer.TryGetProperty(property.Name, out _)) is { } missing
            ? $"{name}: {missing.Name} is missing, expected {Expected(missing.PropertyType)}"
            : null;
    }

    private static bool Fits(JsonElement value, JsonPropertyInfo key)
    {
        try
        {
            return value.Deserialize(LeNetJson.Default.TypeInfo(key.PropertyType)) is not null || key.IsSetNullable;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Expected(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type.IsEnum)
            return "one of " + string.Join(", ", type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name));
        return type == typeof(int) ? "a whole number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "text"
            : type.IsPrimitive ? "a number" : "lists of numbers";
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object without \"layers\"",
        JsonValueKind.Array => "a list",
        _ => value.GetRawText(),
    };
}
