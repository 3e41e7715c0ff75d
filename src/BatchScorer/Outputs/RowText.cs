using System.Buffers;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Rows as text; shared by all workers.</summary>
internal abstract class RowText(ScoringModel model)
{
    protected ScoringModel Model { get; } = model;

    /// <summary>Gets the text before the first row.</summary>
    public virtual ReadOnlySpan<byte> Header => [];

    /// <summary>Writes the rows of a chunk into its text.</summary>
    public abstract void Write(ReadOnlySpan<ScoreRow> rows, ArrayBufferWriter<byte> target);

    /// <summary>Writes the rows of a chunk into its text; may be called by many threads at once.</summary>
    public void Prepare(Chunk chunk) => Write(chunk.Rows.AsSpan(0, chunk.Count), chunk.Text);
}
