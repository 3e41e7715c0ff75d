using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Tests.Scoring;

public sealed class ChunkListTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(32, 64)]
    public async Task FillAsync_ManyImages_StaysSmallUntilEveryWorkerHasHadTwoChunks(int workers, int small)
    {
        using var list = new ChunkList(Enumerable.Repeat(new InputImage { Name = "a.png" }, 100_000), workers);
        var counts = new List<int>();
        for (var chunk = new Chunk(1); await list.FillAsync(chunk, TestContext.Current.CancellationToken); chunk.Reset())
            counts.Add(chunk.Count);

        Assert.Equal(Enumerable.Repeat(16, small).Concat(Enumerable.Repeat(32, small)), counts.Take(2 * small));
        Assert.Equal(Chunk.Capacity, counts.Max());
        Assert.Equal(100_000, counts.Sum());
    }
}
