using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeNetServe.Datasets;
using LeNetServe.Specs;

namespace LeNetServe.Trainer.Configuration;

/// <summary>Builds a config from the data set's recipe or the requested one, and then the single values given by hand.</summary>
internal static class ConfigBuilder
{
    private static readonly JsonObject Defaults =
        JsonSerializer.SerializeToNode(new TrainingConfig(), TrainerJson.TrainingConfig)!.AsObject();

    /// <summary>Gets the config's fields in the order of their declaration: key as in JSON, type, description, default.</summary>
    public static IReadOnlyList<ConfigField> Fields { get; } =
    [
        .. from property in typeof(TrainingConfig).GetProperties(BindingFlags.Public | BindingFlags.Instance)
           let description = property.GetCustomAttribute<DescriptionAttribute>()?.Description
           where description is not null
           let key = ConfigField.KeyOf(property)
           let type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType
           let range = property.GetCustomAttribute<RangeAttribute>()
           select new ConfigField(key, type, description, Defaults[key]?.ToJsonString().Trim('"'), range),
    ];

    /// <summary>Gets the known values of a field; empty for a number or free text.</summary>
    public static IReadOnlyList<string> ChoicesOf(ConfigField field) => field.Key switch
    {
        "dataset" => DatasetCatalog.Names,
        "variant" => Variants.Names,
        _ when field.Type == typeof(bool) => ["true", "false"],
        _ => field.Names,
    };

    /// <summary>Builds the config of a request.</summary>
    /// <param name="recipe">Name or path of a recipe; null for the data set's own.</param>
    /// <param name="values">Values by key, as text; they win over the recipe's.</param>
    /// <param name="options">Name the options of the command line in faults, such as <c>--batch-size</c>.</param>
    /// <exception cref="ExpectedException">
    /// A key or recipe is unknown, or a value does not fit its type or range; all faults are reported together.
    /// </exception>
    /// <param name="adapted">Values that depend on the data: they win over the recipe's.</param>
    public static TrainingConfig Build(
        string? recipe,
        IReadOnlyDictionary<string, string> values,
        bool options = false,
        IReadOnlyDictionary<string, string>? adapted = null)
    {
        var json = recipe is null ? [] : ConfigPaths.In(recipe, RecipeFiles.Read(recipe));
        var given = values.GetValueOrDefault("data");
        if ((given ?? TextOf(json["data"])) is { } data && !values.ContainsKey("dataset") && !json.ContainsKey("dataset"))
            json["dataset"] = DataKind.Of(data, options && given is not null ? "--data" : "data");
        if (recipe is null)
            json = Merged(RecipeFiles.ForDataset(values.GetValueOrDefault("dataset") ?? DatasetOf(json)), json);
        foreach (var (key, text) in (adapted ?? new Dictionary<string, string>()).Concat(values))
            json[key] = Fields.FirstOrDefault(field => field.Key == key)?.Parse(text) ?? JsonValue.Create(text);
        var config = Parse(json, recipe, options ? values.Keys : []);
        var dash = options ? "--" : "";
        return config is { Dataset: "strokes", Data: { } unused }
            ? throw ExpectedException.Usage($"{dash}data is {unused} and {dash}dataset strokes, which is drawn and has no files: "
                + $"give {dash}dataset folder for your own images")
            : config;
    }

    // A value of another kind is a fault, which is found later.
    private static string? TextOf(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static string DatasetOf(JsonObject json) => json["dataset"]?.GetValue<string>() ?? new TrainingConfig().Dataset;

    private static JsonObject Merged(JsonObject below, JsonObject above)
    {
        foreach (var (key, value) in above)
            below[key] = value?.DeepClone();
        return below;
    }

    /// <summary>Reads a run's <c>config.json</c>.</summary>
    /// <exception cref="ExpectedException">A key is unknown, or a value does not fit its type or range.</exception>
    public static TrainingConfig Read(string path) => Parse(RecipeFiles.Read(path), path, []);

    private static TrainingConfig Parse(JsonObject json, string? source, IEnumerable<string> options)
    {
        var faults = new List<string>();
        foreach (var (key, value) in json.ToList())
            if (Fault(key, value) is { } fault)
            {
                faults.Add(fault);
                json.Remove(key);
            }
        var config = json.Deserialize(TrainerJson.TrainingConfig)!;
        faults.AddRange(config.Faults());
        if (faults.Count == 0)
            return config;
        var text = options.Aggregate(string.Join("; ", faults), InOptionWords);
        throw ExpectedException.Usage(source is null ? text : $"{source}: {text}");
    }

    /// <summary>Replaces a key by its option at a fault's beginning, and everywhere if it is not an ordinary word.</summary>
    private static string InOptionWords(string faults, string key)
    {
        var word = key.Contains('_', StringComparison.Ordinal) ? $@"\b{key}\b" : $"(^|(?<=; )){Regex.Escape(key)}(?= is )";
        return Regex.Replace(faults, word, $"--{key.Replace('_', '-')}");
    }

    private static string? Fault(string key, JsonNode? value) => Fields.FirstOrDefault(field => field.Key == key) is { } field
        ? field.Fault(value)
        : $"config key \"{key}\" is unknown"
            + NearestName.Expected(key, [.. Fields.Select(field => field.Key)], "lenetserve-train train --help");
}
