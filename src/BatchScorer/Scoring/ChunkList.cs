using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>Cuts the list of images into numbered chunks, each of one part.</summary>
internal sealed class ChunkList(IEnumerable<InputImage> images) : IDisposable
{
    private readonly IEnumerator<InputImage> images = images.GetEnumerator();
    private readonly SemaphoreSlim gate = new(1);
    private InputImage? next;
    private long number;

    /// <summary>Fills a chunk with the next images; false where there are no more.</summary>
    public async ValueTask<bool> FillAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            while (chunk.Count < Chunk.Capacity && (next ??= images.MoveNext() ? images.Current : null) is { } image)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (chunk.Count > 0 && chunk.Images[0].Part != image.Part)
                    break;
                chunk.Images[chunk.Count++] = image;
                next = null;
            }
            chunk.Number = number++;
            return chunk.Count > 0;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        images.Dispose();
        gate.Dispose();
    }
}
