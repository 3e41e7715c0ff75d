using System.Runtime.InteropServices;
using LeNetServe.Imaging;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Data;

public sealed class AugmentationTests
{
    private static readonly int[] Numbers = [.. Enumerable.Range(0, 64)];

    [Fact]
    public void Apply_Alternating_ShowsEveryImageBothWaysInTwoEpochs()
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(new() { Flip = FlipKind.Alternating });
        var images = Images();
        var mirrored = Values(images.flip(3));
        var original = Values(images);

        var (first, second) = (Values(augmentation.Apply(images, Numbers, 0)), Values(augmentation.Apply(images, Numbers, 1)));

        for (var image = 0; image < Numbers.Length; image++)
        {
            var range = (image * 1024)..((image + 1) * 1024);
            var flipped = first[range].SequenceEqual(mirrored[range]);
            Assert.True(flipped || first[range].SequenceEqual(original[range]));
            Assert.Equal(flipped ? original[range] : mirrored[range], second[range]);
        }
    }

    [Fact]
    public void Apply_Shift_MovesWholePixelsUpToTheLimit()
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(new() { Shift = 2 }, Geometry.Digit);
        var images = zeros(64, 1, 32, 32);
        images[.., 0, 16, 16] = 200f;

        var places = augmentation.Apply(images, Numbers, 3).flatten(1).argmax(1).data<long>().ToArray();

        Assert.All(places, place => Assert.True(Math.Abs(place / 32 - 16) <= 2 && Math.Abs(place % 32 - 16) <= 2, $"at {place}"));
        Assert.True(places.Distinct().Count() > 15);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.5)]
    public void Apply_ShiftOfAFractionOfAPixel_MovesByFractionsUpToTheLimit(double most)
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(new() { Shift = most });
        var ramp = Ramp();

        var moved = (augmentation.Apply(ramp, Numbers, 0) - ramp).div(4)[.., 0, 16, 4..28];

        Assert.InRange(moved.max().item<float>(), 0.8 * most, most + 1e-3);
        Assert.InRange(moved.min().item<float>(), -most - 1e-3, -0.8 * most);
        Assert.True(moved[.., 0].unique().output.numel() > 60);
    }

    [Fact]
    public void Apply_Everything_IsAFunctionOfSeedEpochAndImageAlone()
    {
        using var scope = NewDisposeScope();
        var config = new TrainingConfig { Rotate = 10, Scale = 0.1, Shear = 0.1, Shift = 2, Elastic = 1, Cutout = 6 };
        using var augmentation = New(config, Geometry.Digit);
        var images = Images();

        var all = Values(augmentation.Apply(images, Numbers, 2));
        var tail = Values(augmentation.Apply(images.narrow(0, 60, 4), Numbers.AsSpan(60), 2));

        Assert.Equal(all[(60 * 1024)..], tail);
        Assert.NotEqual(all, Values(augmentation.Apply(images, Numbers, 3)));
        Assert.All(all, value => Assert.InRange(value, 0, 255.01f));
    }

    [Fact]
    public void Apply_Elastic_DisplacesByTheDeviationAskedFor()
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(new() { Elastic = 1.5 }, Geometry.Fit);
        var ramp = Ramp();

        var moved = (augmentation.Apply(ramp, Numbers, 0) - ramp).div(4)[.., .., 8..24, 8..24];

        Assert.InRange(moved.square().mean().sqrt().item<float>(), 1.2f, 1.8f);
    }

    private static Augmentation New(TrainingConfig config, Geometry geometry = Geometry.Fit) =>
        new(config, new() { Input = new(1, 32, 32), Geometry = geometry }, CPU);

    /// <summary>Grey that grows by 4 a column: what is read at a place tells where it was read.</summary>
    private static Tensor Ramp() => arange(0, 32, ScalarType.Float32).mul(4).view(1, 1, 1, 32).expand(64, 1, 32, 32).contiguous();

    private static Tensor Images() => randint(0, 256, [64, 1, 32, 32], ScalarType.Float32, generator: new Generator(3));

    private static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes).ToArray();
}
