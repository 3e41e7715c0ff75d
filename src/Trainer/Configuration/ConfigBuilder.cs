using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeNetServe.Trainer.Invocation;

namespace LeNetServe.Trainer.Configuration;

/// <summary>Puts a config together: the data set's recipe or the one asked for, then the single values given by hand.</summary>
internal static class ConfigBuilder
{
    /// <summary>The config's fields, in the order in which they are declared: key as in JSON, type, description.</summary>
    public static IReadOnlyList<ConfigField> Fields { get; } =
    [
        .. typeof(TrainingConfig).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => (Property: property, Description: property.GetCustomAttribute<DescriptionAttribute>()))
            .Where(pair => pair.Description is not null)
            .Select(pair => new ConfigField(
                JsonNamingPolicy.SnakeCaseLower.ConvertName(pair.Property.Name), pair.Property.PropertyType, pair.Description!.Description)),
    ];

    /// <summary>The config of a request.</summary>
    /// <param name="recipe">Name or path of a recipe; null: the data set's own.</param>
    /// <param name="values">Values by key, as text; they win over the recipe's.</param>
    /// <exception cref="UsageException">An unknown key or recipe, or a value out of range; all faults of the values are reported together.</exception>
    public static TrainingConfig Build(string? recipe, IReadOnlyDictionary<string, string> values)
    {
        var json = recipe is null ? [] : RecipeFiles.Read(recipe);
        if (recipe is null)
        {
            var dataset = values.GetValueOrDefault("dataset", new TrainingConfig().Dataset);
            json = RecipeFiles.ForDataset(dataset);
        }
        foreach (var (key, text) in values)
            json[key] = Value(key, text);
        return Parse(json.ToJsonString(), recipe ?? "the configuration");
    }

    /// <summary>Reads a run's <c>config.json</c>.</summary>
    /// <exception cref="UsageException">An unknown key, or a value out of range.</exception>
    public static TrainingConfig Read(string path) => Parse(File.ReadAllText(path), path);

    private static TrainingConfig Parse(string json, string source)
    {
        TrainingConfig config;
        try
        {
            config = JsonSerializer.Deserialize(json, TrainerJson.TrainingConfig)!;
        }
        catch (JsonException exception)
        {
            throw new UsageException($"{source}: {exception.Message}");
        }
        var faults = config.Faults().ToArray();
        return faults.Length == 0 ? config : throw new UsageException($"{source}: {string.Join("; ", faults)}");
    }

    private static JsonValue Value(string key, string text)
    {
        var field = Fields.FirstOrDefault(field => field.Key == key)
            ?? throw new UsageException($"config key \"{key}\" is unknown, expected one of {string.Join(", ", Fields.Select(field => field.Key))}");
        var type = field.Type;
        if (type == typeof(int) && int.TryParse(text, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        if (type == typeof(double) && double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return JsonValue.Create(number);
        if (type == typeof(bool) && bool.TryParse(text, out var flag))
            return JsonValue.Create(flag);
        if (type == typeof(string) || type.IsEnum)
            return JsonValue.Create(text);
        throw new UsageException($"{key} is \"{text}\", expected {(type == typeof(int) ? "a whole number" : type == typeof(bool) ? "true or false" : "a number")}");
    }
}
