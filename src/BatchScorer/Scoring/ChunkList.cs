using System.Numerics;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>
/// Cuts the list of images into numbered chunks, each of one part. The first chunks are small, so that a few large photographs keep all
/// workers busy. Members of archives come with their content, so their bytes end a chunk too.
/// </summary>
/// <param name="images">The list.</param>
/// <param name="workers">The number of workers; before chunks grow, each worker has had two.</param>
internal sealed class ChunkList(IEnumerable<InputImage> images, int workers) : IDisposable
{
    private const int FirstCapacity = 16;
    private const int LeastChunksPerDoubling = 8;
    private const int ContentBytes = 1 << 20;

    private readonly int chunksPerDoubling = Math.Max(LeastChunksPerDoubling, 2 * workers);
    private readonly IEnumerator<InputImage> images = images.GetEnumerator();
    private readonly SemaphoreSlim gate = new(1);
    private InputImage? next;
    private long number;

    /// <summary>Fills a chunk with the next images; false at the end of the list.</summary>
    public async ValueTask<bool> FillAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var capacity = Capacity(number);
            var bytes = 0;
            while (chunk.Count < capacity && bytes < ContentBytes && (next ??= images.MoveNext() ? images.Current : null) is { } image)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (chunk.Count > 0 && chunk.Images[0].Part != image.Part)
                    break;
                chunk.Images[chunk.Count++] = image;
                bytes += image.Content?.Length ?? 0;
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

    private int Capacity(long number) =>
        Math.Min(
            Chunk.Capacity, FirstCapacity << (int)Math.Min(number / chunksPerDoubling, BitOperations.Log2(Chunk.Capacity / FirstCapacity)));

    public void Dispose()
    {
        images.Dispose();
        gate.Dispose();
    }
}
