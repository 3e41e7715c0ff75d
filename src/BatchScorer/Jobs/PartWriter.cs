using System.Buffers;
using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>Gathers the rows of one part after another and publishes each part as it is complete.</summary>
internal sealed class PartWriter(Job job, ScoringKey key)
{
    private readonly ArrayBufferWriter<byte> rows = new(1 << 16);
    private int count;

    /// <summary>Takes a chunk, all of one part; the parts come in order.</summary>
    public void Write(Chunk chunk)
    {
        var part = chunk.Images[0].Part;
        rows.Write(chunk.Text.WrittenSpan);
        count += chunk.Count;
        if (count < job.CountOf(part))
            return;
        var header = new PartHeader { Part = part, First = part * job.File.PartSize, Count = count, Scoring = key };
        PartFile.Write(job.PartPath(part), header, rows.WrittenSpan);
        rows.ResetWrittenCount();
        count = 0;
    }
}
