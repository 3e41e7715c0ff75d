using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Tests.Scoring;

public sealed class ChunkOutputTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LayDown_InAnyOrder_WritesInTheirOrder()
    {
        var written = new List<long>();
        using var output = new ChunkOutput(chunk => written.Add(chunk.Number), places: 4, topK: 1);
        var chunks = await Rent(output, 4);

        output.LayDown(chunks[2]);
        output.LayDown(chunks[1]);
        Assert.Empty(written);
        output.LayDown(chunks[0]);
        Assert.Equal([0, 1, 2], written);
        output.LayDown(chunks[3]);

        Assert.Equal([0, 1, 2, 3], written);
    }

    [Fact]
    public async Task RentAsync_AllPlacesTaken_WaitsUntilTheFirstIsWritten()
    {
        using var output = new ChunkOutput(_ => { }, places: 2, topK: 1);
        var chunks = await Rent(output, 2);
        var waiting = output.RentAsync(Token).AsTask();
        output.LayDown(chunks[1]);
        Assert.False(waiting.IsCompleted);

        output.LayDown(chunks[0]);

        Assert.Contains(await waiting, chunks);
    }

    [Fact]
    public async Task LayDown_AWriterThatFails_NobodyWritesTheChunkAgain()
    {
        var tries = 0;
        using var output = new ChunkOutput(_ => throw new IOException($"full {++tries}"), places: 2, topK: 1);
        var chunks = await Rent(output, 2);

        Assert.Throws<IOException>(() => output.LayDown(chunks[0]));
        output.LayDown(chunks[1]);

        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task LayDown_FromManyThreads_WritesEachOnceInOrder()
    {
        const int Chunks = 20_000;
        var written = new List<long>(Chunks);
        using var output = new ChunkOutput(chunk => written.Add(chunk.Number), places: 8, topK: 1);
        using var gate = new SemaphoreSlim(1);
        var next = 0L;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var chunk = await output.RentAsync(Token);
                await gate.WaitAsync(Token);
                chunk.Number = next++;
                gate.Release();
                if (chunk.Number >= Chunks)
                    return;
                output.LayDown(chunk);
            }
        }, Token)));

        Assert.Equal(Enumerable.Range(0, Chunks).Select(number => (long)number), written);
    }

    private static async Task<Chunk[]> Rent(ChunkOutput output, int count)
    {
        var chunks = new Chunk[count];
        for (var number = 0; number < count; number++)
        {
            chunks[number] = await output.RentAsync(Token);
            chunks[number].Number = number;
        }
        return chunks;
    }
}
