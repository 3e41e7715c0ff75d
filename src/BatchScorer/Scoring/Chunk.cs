using System.Buffers;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>A few images on their way through the pipeline, with their rows. Reused.</summary>
internal sealed class Chunk
{
    /// <summary>
    /// The most images in a chunk. The decoder and the network push each other out of the processor's caches, so long stays with one are
    /// better. The scorer reaches 0.85 of its parts with 64 images, 0.9 with 128, 0.95 with 256 (benchmarks/BatchScorer.Benchmarks).
    /// </summary>
    public const int Capacity = 256;

    public Chunk(int topK)
    {
        Rows = new ScoreRow[Capacity];
        for (var i = 0; i < Capacity; i++)
            Rows[i] = new ScoreRow(topK);
    }

    public InputImage[] Images { get; } = new InputImage[Capacity];

    public ScoreRow[] Rows { get; }

    /// <summary>Gets or sets its place among all chunks, from 0.</summary>
    public long Number { get; set; }

    /// <summary>Gets or sets the number of images and rows in use.</summary>
    public int Count { get; set; }

    /// <summary>Gets the rows as the output's text, if the output is text.</summary>
    public ArrayBufferWriter<byte> Text { get; } = new(1 << 14);

    public void Reset()
    {
        Array.Clear(Images);
        Count = 0;
        Text.ResetWrittenCount();
    }
}
