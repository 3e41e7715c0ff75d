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

    // A sweep has a folder for its runs. Hidden folders, such as the logs of a sweep, are skipped by default.
    private static readonly EnumerationOptions Nested = new() { RecurseSubdirectories = true, MaxRecursionDepth = 3 };

    /// <summary>Lists the runs that have a film, by name. The name of a sweep's run begins with the sweep's folder and a slash.</summary>
    public static IEnumerable<string> List(string? folder) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateDirectories(folder, "*", Nested)
            .Select(path => new RunDirectory(path))
            .Where(run => File.Exists(run.Film) && File.Exists(run.Model))
            .Select(run => Path.GetRelativePath(folder, run.Path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>Reads a run: its labels, the figures and the frames of its epochs.</summary>
    /// <exception cref="InferenceException">
    /// The run is not in the list (<see cref="InferenceErrorKind.NotFound"/>), or its files are broken
    /// (<see cref="InferenceErrorKind.InvalidModel"/>).
    /// </exception>
    public static JsonObject Read(string? folder, string name)
    {
        // A route's value keeps an encoded slash as it is.
        name = name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
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
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidDataException
            // Of another kind of JSON than an object, and of a key that is there twice.
            or InvalidOperationException or ArgumentException)
        {
            throw new InferenceException(InferenceErrorKind.InvalidModel, $"{run.Path} cannot be read: {exception.Message}", exception);
        }
    }

    private static JsonArray Lines(string path) =>
        File.Exists(path) ? new([.. RegularFile.ReadAllText(path, MaxBytes).Split('\n')[..^1].Select(line => JsonNode.Parse(line))]) : [];
}
