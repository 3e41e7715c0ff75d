using System.Buffers;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>A few images on their way through the pipeline, with their rows. Reused.</summary>
internal sealed class Chunk
{
    /// <summary>Images in a chunk: four native runs of 16, few enough for messages under 85,000 bytes.</summary>
    public const int Capacity = 64;

    public Chunk(int topK)
    {
        Rows = new ScoreRow[Capacity];
        for (var i = 0; i < Capacity; i++)
            Rows[i] = new ScoreRow(topK);
    }

    public InputImage[] Images { get; } = new InputImage[Capacity];

    public ScoreRow[] Rows { get; }

    /// <summary>Its place among all chunks, from 0.</summary>
    public long Number { get; set; }

    /// <summary>How many of the images and rows are in use.</summary>
    public int Count { get; set; }

    /// <summary>The rows as the output's text, where it is text.</summary>
    public ArrayBufferWriter<byte> Text { get; } = new(1 << 14);

    public void Reset()
    {
        Array.Clear(Images);
        Count = 0;
        Text.ResetWrittenCount();
    }
}
