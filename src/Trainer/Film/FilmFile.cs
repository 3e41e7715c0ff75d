using LeNetServe.Trainer.Metrics;

namespace LeNetServe.Trainer.Film;

/// <summary><c>film.jsonl</c> of a run.</summary>
internal static class FilmFile
{
    /// <summary>Gets the file at a path.</summary>
    public static EpochFile<FilmFrame> At(string path) => new(path, FilmJson.Default.FilmFrame, frame => frame.Epoch);
}
