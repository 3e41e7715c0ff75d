using LeNetServe.Datasets;

namespace LeNetServe.Tests.Datasets;

public sealed class StrokeDigitsTests
{
    [Fact]
    public void Draw_AnyNumberOfThreads_GivesTheSameImages()
    {
        var one = Draw(seed: 7, threads: 1);

        foreach (var threads in new[] { 2, 5, 16 })
            Assert.Equal(one.Pixels, Draw(seed: 7, threads).Pixels);
    }

    [Fact]
    public void Draw_AnotherSeed_GivesOtherImages() => Assert.NotEqual(Draw(seed: 1).Pixels, Draw(seed: 2).Pixels);

    [Fact]
    public void Draw_AnotherStream_GivesOtherImages() =>
        Assert.NotEqual(Draw(seed: 1).Pixels, StrokeDigits.Draw(200, 1, stream: 1, CancellationToken.None).Pixels);

    [Fact]
    public void Open_Default_IsBalancedAndPaddedLikeMnist()
    {
        var dataset = DatasetCatalog.Open(new() { Name = "strokes" }, TestContext.Current.CancellationToken);

        Assert.Equal((12_000, 2_000), (dataset.Train.Count, dataset.Test.Count));
        Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal(1_200, dataset.Train.Labels.Count(label => label == digit)));
        Assert.All(Enumerable.Range(0, 200), index => AssertCentered(dataset.Test.Image(index)));
    }

    [Fact]
    public void Open_Cancelled_Stops() =>
        Assert.Throws<OperationCanceledException>(
            () => DatasetCatalog.Open(new() { Name = "strokes" }, new CancellationToken(canceled: true)));

    private static ImageSet Draw(int seed, int threads = 2) => StrokeDigits.Draw(200, seed, stream: 0, CancellationToken.None, threads);

    private static void AssertCentered(ReadOnlySpan<byte> image)
    {
        var (mass, row, column) = (0d, 0d, 0d);
        for (var place = 0; place < image.Length; place++)
        {
            if (place / 32 is < 2 or >= 30 || place % 32 is < 2 or >= 30)
                Assert.Equal(0, image[place]);
            mass += image[place];
            row += image[place] * (place / 32);
            column += image[place] * (place % 32);
        }
        Assert.InRange(mass, 255 * 20, 255 * 300);
        Assert.InRange(row / mass, 14.5, 16.5);
        Assert.InRange(column / mass, 14.5, 16.5);
    }
}
