using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeNetServe.Files;

namespace LeNetServe.Trainer.Configuration;

/// <summary>Recipes: JSON objects with any of <see cref="TrainingConfig"/>'s keys, from the program's own or the user's files.</summary>
internal static class RecipeFiles
{
    private const string Prefix = "recipes/";

    /// <summary>Gets the names of the program's own recipes.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(RecipeFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name[Prefix.Length..]))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads the recipe of the data set's name, which is used if none is requested.</summary>
    public static JsonObject ForDataset(string dataset) => Names.Contains(dataset) ? Read(dataset) : [];

    /// <summary>Reads a recipe by name, or by the path of a <c>.json</c> file.</summary>
    /// <exception cref="ExpectedException">The recipe does not exist, or is not a JSON object.</exception>
    public static JsonObject Read(string nameOrPath)
    {
        var isFile = nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        if (isFile && !File.Exists(nameOrPath))
            throw ExpectedException.Usage($"recipe {nameOrPath}: no such file, expected a JSON file or one of {string.Join(", ", Names)}"
                + NearestName.Hint(Path.GetFileNameWithoutExtension(nameOrPath), Names));
        var text = isFile ? RegularFile.ReadAllText(nameOrPath) : Embedded(nameOrPath);
        try
        {
            JsonFault.RequireWholeTexts(Encoding.UTF8.GetBytes(text));
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject
                ?? throw ExpectedException.Usage($"{nameOrPath}: expected a JSON object");
        }
        catch (JsonException exception)
        {
            throw ExpectedException.Usage($"{nameOrPath}: {JsonFault.Of(exception)}");
        }
    }

    private static string Embedded(string name)
    {
        using var stream = typeof(RecipeFiles).Assembly.GetManifestResourceStream($"{Prefix}{name}.json")
            ?? throw ExpectedException.Usage(
                $"recipe \"{name}\" is unknown, expected {string.Join(", ", Names)} or the path of a .json file"
                + NearestName.Hint(name, Names));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
