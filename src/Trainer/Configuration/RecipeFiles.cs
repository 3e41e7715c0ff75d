using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeNetServe.Trainer.Configuration;

/// <summary>Recipes: JSON objects with any of <see cref="TrainingConfig"/>'s keys, from the program's own or the user's files.</summary>
internal static class RecipeFiles
{
    private const string Prefix = "recipes/";

    /// <summary>The program's own recipes, by name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(RecipeFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name[Prefix.Length..]))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The recipe that a data set gets when none is asked for: the one of its name.</summary>
    public static JsonObject ForDataset(string dataset) => Names.Contains(dataset) ? Read(dataset) : [];

    /// <summary>A recipe by name, or by the path of a <c>.json</c> file.</summary>
    /// <exception cref="ExpectedException">There is none, or it is no JSON object.</exception>
    public static JsonObject Read(string nameOrPath)
    {
        var isFile = nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        if (isFile && !File.Exists(nameOrPath))
            throw new ExpectedException(ExitCode.Usage, $"recipe {nameOrPath}: no such file, expected a JSON file or one of {string.Join(", ", Names)}");
        var text = isFile ? File.ReadAllText(nameOrPath) : Embedded(nameOrPath);
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject ?? throw new ExpectedException(ExitCode.Usage, $"{nameOrPath}: expected a JSON object");
        }
        catch (JsonException exception)
        {
            throw new ExpectedException(ExitCode.Usage, $"{nameOrPath}: {exception.Message}");
        }
    }

    private static string Embedded(string name)
    {
        using var stream = typeof(RecipeFiles).Assembly.GetManifestResourceStream($"{Prefix}{name}.json")
            ?? throw new ExpectedException(ExitCode.Usage, $"recipe \"{name}\" is unknown, expected {string.Join(", ", Names)} or the path of a .json file");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
