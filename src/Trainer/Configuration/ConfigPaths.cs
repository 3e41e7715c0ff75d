using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeNetServe.Trainer.Configuration;

/// <summary>
/// The paths among a config's values. In a recipe and in a sweep's plan they are relative to the file, on a command line to the current
/// folder. A run keeps them whole.
/// </summary>
internal static class ConfigPaths
{
    private static readonly string[] Keys = ["data", "variant", "teacher"];

    /// <summary>Gets a value of a file with its paths relative to the current folder.</summary>
    /// <param name="file">The path of the file.</param>
    /// <param name="key">The value's key.</param>
    /// <param name="value">The value.</param>
    public static string In(string file, string key, string value)
    {
        var folder = Path.GetDirectoryName(file) ?? "";
        return Map(key, value, path => Path.Combine(folder, path));
    }

    /// <summary>Gets a JSON value of a file likewise.</summary>
    public static JsonElement In(string file, string key, JsonElement value) => value.ValueKind == JsonValueKind.String
        ? JsonSerializer.SerializeToElement(In(file, key, value.GetString()!))
        : value.Clone();

    /// <summary>Changes the paths of a recipe likewise.</summary>
    public static JsonObject In(string file, JsonObject recipe)
    {
        foreach (var key in Keys)
            if (recipe[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String)
                recipe[key] = In(file, key, value.GetValue<string>());
        return recipe;
    }

    /// <summary>Gets a config with whole paths, which mean the same in every folder.</summary>
    public static TrainingConfig Whole(TrainingConfig config) => config with
    {
        Data = config.Data is { } data ? Map("data", data, Path.GetFullPath) : null,
        Variant = Map("variant", config.Variant, Path.GetFullPath),
        Teacher = config.Teacher is { } teacher ? Map("teacher", teacher, Path.GetFullPath) : null,
    };

    private static string Map(string key, string value, Func<string, string> change) => key switch
    {
        "data" when value.Length > 0 => change(value),
        "variant" or "recipe" when value.EndsWith(".json", StringComparison.OrdinalIgnoreCase) => change(value),
        "teacher" => string.Join(
            ',', value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(change)),
        _ => value,
    };
}
