using System.Text.Json;
using System.Text.Json.Nodes;
using LeNetServe.Files;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runs;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.Runs;

/// <summary>Reads run directories. A run may still be in training, so that its last line may be cut off.</summary>
internal static class RunFiles
{
    private const int MaxBytes = 1 << 24;

    /// <summary>Lists the runs that have a film, by name.</summary>
    public static IEnumerable<string> List(string? folder) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateDirectories(folder)
            .Select(path => new RunDirectory(path))
            .Where(run => File.Exists(run.Film) && File.Exists(run.Model))
            .Select(run => run.Id)
            .Order(StringComparer.Ordinal);

    /// <summary>Reads a run: its labels, the figures and the frames of its epochs.</summary>
    /// <exception cref="InferenceException">
    /// The run is not in the list (<see cref="InferenceErrorKind.NotFound"/>), or its files are broken
    /// (<see cref="InferenceErrorKind.InvalidModel"/>).
    /// </exception>
    public static JsonObject Read(string? folder, string name)
    {
        // Only a listed name is joined to the folder, so that no name leads out of it.
        if (!List(folder).Contains(name))
        {
            var expected = folder is null ? "a server with --runs DIR" : "a name of /v1/runs";
            throw new InferenceException(InferenceErrorKind.NotFound, $"run \"{Excerpt.Of(name)}\" was not found, expected {expected}");
        }
        var run = new RunDirectory(Path.Combine(folder!, name));
        try
        {
            return new()
            {
                ["run"] = name,
                ["labels"] = JsonNode.Parse(RegularFile.ReadAllText(run.Model, MaxBytes))?["labels"]?.DeepClone(),
                ["metrics"] = Lines(run.Metrics),
                ["film"] = Lines(run.Film),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            throw new InferenceException(InferenceErrorKind.InvalidModel, $"{run.Path} cannot be read: {exception.Message}", exception);
        }
    }

    private static JsonArray Lines(string path) =>
        File.Exists(path) ? new([.. RegularFile.ReadAllText(path, MaxBytes).Split('\n')[..^1].Select(line => JsonNode.Parse(line))]) : [];
}
