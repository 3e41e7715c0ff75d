using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Evaluation;

namespace LeNetServe.Trainer.Tests.Evaluation;

public sealed class StrangerImagesTests
{
    [Theory]
    [InlineData(1, Geometry.Digit)]
    [InlineData(3, Geometry.Fit)]
    public void Draw_WithSeveralThreads_GivesTheSameImages(int channels, Geometry geometry)
    {
        using var one = new SliceThreads(1);
        using var two = new SliceThreads(2);
        var strangers = Create(channels, geometry);

        var images = strangers.Draw(48, one);

        Assert.Equal(images.Pixels, strangers.Draw(48, two).Pixels);
        Assert.Equal((48, channels), (images.Count, images.Shape.Channels));
        // Even sheets may be equal, all other images differ.
        Assert.InRange(Enumerable.Range(0, 48).Select(image => Convert.ToHexString(images.Image(image))).Distinct().Count(), 45, 48);
    }

    [Fact]
    public void Draw_OfTrainingImages_HasNoneOfThem()
    {
        using var threads = new SliceThreads(1);
        var known = Images(1);
        var strangers = Create(1, Geometry.Digit).Draw(64, threads);

        var copies =
            from image in Enumerable.Range(0, strangers.Count)
            where Enumerable.Range(0, known.Count).Any(other => known.Image(other).SequenceEqual(strangers.Image(image)))
            select image;

        Assert.Empty(copies);
    }

    private static StrangerImages Create(int channels, Geometry geometry) =>
        new(Images(channels), [.. Enumerable.Range(0, 20)], new() { Input = new(channels, 32, 32), Geometry = geometry, ContentSize = 28 });

    private static ImageSet Images(int channels)
    {
        var gray = DatasetCatalog.Open(new() { Name = "strokes" }, TestContext.Current.CancellationToken).Test;
        byte[] pixels = [.. Enumerable.Range(0, 20).SelectMany(image => Enumerable.Repeat(gray.Image(image).ToArray(), channels))
            .SelectMany(plane => plane)];
        return new(new(channels, 32, 32), pixels, gray.Labels[..20]);
    }
}
