using System.Text.Json;
using LeNetServe.Files;

namespace LeNetServe.Trainer.Film;

/// <summary><c>film.jsonl</c> of a run.</summary>
internal static class FilmFile
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads the frames so far; a last line that was cut off by a crash does not count.</summary>
    public static IReadOnlyList<FilmFrame> Read(string path) => !File.Exists(path)
        ? []
        : [.. RegularFile.ReadAllText(path).Split('\n')[..^1].Select(line => JsonSerializer.Deserialize<FilmFrame>(line, Json)!)];

    /// <summary>Keeps the first epochs only.</summary>
    public static void Truncate(string path, int epochs)
    {
        if (File.Exists(path))
            AtomicFile.WriteText(path, string.Concat(Read(path).Where(frame => frame.Epoch <= epochs).Select(Text)));
    }

    /// <summary>Adds an epoch.</summary>
    public static void Append(string path, FilmFrame frame) => File.AppendAllText(path, Text(frame));

    private static string Text(FilmFrame frame) => JsonSerializer.Serialize(frame, Json) + "\n";
}
