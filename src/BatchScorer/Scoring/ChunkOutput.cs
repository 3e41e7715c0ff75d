using System.Collections.Concurrent;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>
/// Gives out chunks, a fixed number at a time, and writes them in the order of their numbers when they come back. No worker waits for a
/// write: one writes the chunks that are ready, the others go on.
/// </summary>
internal sealed class ChunkOutput(Action<Chunk> write, int places, int topK) : IDisposable
{
    private const int ChunksPerCollection = 64;

    private readonly SemaphoreSlim room = new(places);
    private readonly ConcurrentBag<Chunk> free = [];
    private readonly Chunk?[] ready = new Chunk?[places];
    private long next;
    private int writing;

    /// <summary>Gets an empty chunk, as soon as there is a place for it.</summary>
    public async ValueTask<Chunk> RentAsync(CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken);
        return free.TryTake(out var used) ? used : new Chunk(topK);
    }

    /// <summary>Takes a chunk back. It is written when all before it are, by this call or by one that is writing now.</summary>
    public void LayDown(Chunk chunk)
    {
        Interlocked.Exchange(ref ready[chunk.Number % places], chunk);
        // Check again after the flag is released: another worker may have stored the next chunk while this one held it.
        // A writer that fails keeps the flag, so that a chunk is never written twice.
        while (IsNextReady() && Interlocked.Exchange(ref writing, 1) == 0)
        {
            while (IsNextReady())
                WriteNext();
            Interlocked.Exchange(ref writing, 0);
        }
    }

    public void Dispose() => room.Dispose();

    private bool IsNextReady() => Volatile.Read(ref ready[Volatile.Read(ref next) % places]) is not null;

    private void WriteNext()
    {
        var chunk = ready[next % places]!;
        write(chunk);
        chunk.Reset();
        free.Add(chunk);
        ready[next % places] = null;
        Volatile.Write(ref next, next + 1);
        room.Release();
        // Without it the garbage grows to the size of the processor's cache, tens of megabytes; a collection takes microseconds.
        if (next % ChunksPerCollection == 0)
            GC.Collect(0);
    }
}
