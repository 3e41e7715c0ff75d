using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The target of rows: a file that appears when it is whole, or standard output.</summary>
internal abstract class RowFile : IDisposable
{
    /// <summary>Work on a chunk that may be done by many threads at once, before <see cref="Write"/>.</summary>
    public virtual void Prepare(Chunk chunk)
    {
    }

    /// <summary>Takes the rows of a chunk; chunks come in order.</summary>
    public abstract void Write(Chunk chunk);

    /// <summary>Ends the output and publishes it. Without this call nothing is.</summary>
    public abstract void Complete();

    public abstract void Dispose();

    /// <summary>Opens an output; <paramref name="path"/> <c>-</c> is standard output.</summary>
    public static RowFile Open(string path, OutputFormat format, Models.ScoringModel model, int topK, bool csvSafe = false)
    {
        var sink = new OutputSink(path);
        return format switch
        {
            OutputFormat.Csv => new TextFile(sink, new CsvRows(model, topK, csvSafe)),
            OutputFormat.Jsonl => new TextFile(sink, new JsonRows(model)),
            _ => new ParquetRows(sink, model, topK),
        };
    }
}
