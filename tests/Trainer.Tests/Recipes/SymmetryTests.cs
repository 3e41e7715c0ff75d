using LeNetServe.Datasets;
using LeNetServe.Specs;
using LeNetServe.Trainer.Recipes;
using LeNetServe.Trainer.Tests.Training;

namespace LeNetServe.Trainer.Tests.Recipes;

public sealed class SymmetryTests
{
    [Fact]
    public void OfMirroringAndTurning_Digits_DoNotHold()
    {
        var digits = First(DatasetCatalog.Open(new() { Name = "strokes" }, TestContext.Current.CancellationToken).Train, 600);

        Assert.False(Symmetry.OfMirroring(digits));
        Assert.False(Symmetry.OfTurning(digits));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OfMirroringAndTurning_Shapes_HoldIfTheyAreDrawnThatWay(bool turned)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            using var directory = new TemporaryDirectory();
            DrawnShapes.Write(directory.Path, 70, seed, turned);
            var shapes = DatasetCatalog.Open(
                new() { Name = "folder", Directory = directory.Path }, TestContext.Current.CancellationToken).Train;

            Assert.True(Symmetry.OfMirroring(shapes));
            Assert.Equal(turned, Symmetry.OfTurning(shapes));
        }
    }

    [Fact]
    public void OfMirroring_ClassesThatAreMirrorImages_DoesNotHold() => Assert.False(Symmetry.OfMirroring(Wedges(count: 20)));

    [Fact]
    public void OfMirroring_TooFewImages_DoesNotHold() => Assert.False(Symmetry.OfMirroring(Wedges(count: 5)));

    /// <summary>Bright left halves and bright right halves.</summary>
    private static ImageSet Wedges(int count)
    {
        var random = new Random(1);
        var pixels = new byte[2 * count * 1024];
        for (var value = 0; value < pixels.Length; value++)
            pixels[value] = (byte)(random.Next(100) + (value / 1024 % 2 == value % 32 / 16 ? 150 : 0));
        return new(new TensorShape(1, 32, 32), pixels, [.. Enumerable.Range(0, 2 * count).Select(image => image % 2)]);
    }

    private static ImageSet First(ImageSet set, int count) => new(set.Shape, set.Pixels[..(count * set.Shape.Count)], set.Labels[..count]);
}
