using System.Runtime.InteropServices;
using LeNetServe.Imaging;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

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

        var (first, second) = (Values(Apply(augmentation, images, Numbers, 0)), Values(Apply(augmentation, images, Numbers, 1)));

        for (var image = 0; image < Numbers.Length; image++)
        {
            var range = (image * 1024)..((image + 1) * 1024);
            var flipped = first[range].SequenceEqual(mirrored[range]);
            Assert.True(flipped || first[range].SequenceEqual(original[range]));
            Assert.Equal(flipped ? original[range] : mirrored[range], second[range]);
        }
    }

    [Fact]
    public void Apply_RandomFlip_MirrorsAboutHalfAnewEveryEpoch()
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(new() { Flip = FlipKind.Random });
        var images = Images();
        var mirrored = images.flip(3);

        bool[] Flipped(int epoch)
        {
            var shown = Apply(augmentation, images, Numbers, epoch);
            return [.. Numbers.Select(image =>
            {
                var flipped = shown[image].allclose(mirrored[image], rtol: 0, atol: 0);
                Assert.True(flipped || shown[image].allclose(images[image], rtol: 0, atol: 0));
                return flipped;
            })];
        }

        var (first, second) = (Flipped(0), Flipped(1));
        Assert.InRange(first.Count(flipped => flipped), 20, 44);
        Assert.InRange(first.Zip(second).Count(pair => pair.First != pair.Second), 16, 48);
    }

    [Fact]
    public void Apply_Rotate_TurnsByAnglesUpToTheLimit()
    {
        var maps = Maps(new() { Rotate = 20 });

        Assert.All(maps, map => Assert.Equal(1, map.Xx * map.Xx + map.Yx * map.Yx, 3));
        Assert.All(maps, map => Assert.Equal((map.Xx, map.Xy), (map.Yy, -map.Yx), Close));
        AssertFills(maps.Select(map => Math.Atan2(map.Yx, map.Xx) * 180 / Math.PI), -20, 20);
    }

    [Fact]
    public void Apply_Scale_StretchesWidthAndHeightEachUpToTheLimit()
    {
        var maps = Maps(new() { Scale = 0.2 });

        Assert.All(maps, map => Assert.Equal((0, 0), (map.Xy, map.Yx), Close));
        AssertFills(maps.Select(map => 1 / map.Xx), 0.8, 1.2);
        AssertFills(maps.Select(map => 1 / map.Yy), 0.8, 1.2);
        AssertFills(maps.Select(map => 1 / map.Xx - 1 / map.Yy), -0.4, 0.4, share: 0.6);
    }

    [Fact]
    public void Apply_Shear_LeansBothWaysUpToTheLimit()
    {
        var maps = Maps(new() { Shear = 0.2 });

        Assert.All(maps, map => Assert.Equal((1, 1), (map.Xx, map.Yy), Close));
        AssertFills(maps.Select(map => map.Xy), -0.2, 0.2);
        AssertFills(maps.Select(map => map.Yx), -0.2, 0.2);
    }

    [Fact]
    public void Apply_Cutout_BlanksOneSquareWhereverItFalls()
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(new() { Cutout = 6 });
        var shown = Apply(augmentation, full([64, 1, 32, 32], 200f), Numbers, 0);

        var places = new HashSet<(int, int)>();
        foreach (var image in Numbers)
        {
            int[] blank = [.. Values(shown[image]).Index().Where(pixel => pixel.Item != 200).Select(pixel => pixel.Index)];
            Assert.All(blank, pixel => Assert.Equal(0, shown[image].flatten()[pixel].item<float>()));
            var (rows, columns) = (
                blank.Select(pixel => pixel / 32).Distinct().ToArray(), blank.Select(pixel => pixel % 32).Distinct().ToArray());
            Assert.Equal(blank.Length, rows.Length * columns.Length);
            // A side is less than six only if the square hangs over the edge.
            Assert.True(
                rows.Length == 6 || (rows.Length is >= 3 and < 6 && (rows.Contains(0) || rows.Contains(31))), $"{rows.Length} rows");
            Assert.True(columns.Length == 6 || (columns.Length is >= 3 and < 6 && (columns.Contains(0) || columns.Contains(31))),
                $"{columns.Length} columns");
            places.Add((rows[0], columns[0]));
        }
        Assert.True(places.Count > 50, $"{places.Count} places");
    }

    [Fact]
    public void Apply_Shift_MovesWholePixelsUpToTheLimit()
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(new() { Shift = 2 }, Geometry.Digit);
        var images = zeros(64, 1, 32, 32);
        images[.., 0, 16, 16] = 200f;

        var places = Apply(augmentation, images, Numbers, 3).flatten(1).argmax(1).data<long>().ToArray();

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

        var moved = (Apply(augmentation, ramp, Numbers, 0) - ramp).div(4)[.., 0, 16, 4..28];

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

        var all = Values(Apply(augmentation, images, Numbers, 2));
        var tail = Values(Apply(augmentation, images.narrow(0, 60, 4), Numbers.AsSpan(60), 2));

        Assert.Equal(all[(60 * 1024)..], tail);
        Assert.NotEqual(all, Values(Apply(augmentation, images, Numbers, 3)));
        Assert.All(all, value => Assert.InRange(value, 0, 255.01f));
    }

    [Fact]
    public void Apply_Elastic_DisplacesByTheDeviationAskedFor()
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(new() { Elastic = 1.5 }, Geometry.Fit);
        var ramp = Ramp();

        var moved = (Apply(augmentation, ramp, Numbers, 0) - ramp).div(4)[.., .., 8..24, 8..24];

        Assert.InRange(moved.square().mean().sqrt().item<float>(), 1.2f, 1.8f);
    }

    [Theory]
    [InlineData(Geometry.Digit, 1, false)]
    [InlineData(Geometry.Fit, 3, false)]
    [InlineData(Geometry.Digit, 3, true)]
    [InlineData(Geometry.Fit, 1, true)]
    public void Apply_OwnSampler_AgreesWithTorchs(Geometry geometry, int channels, bool wholePixels)
    {
        Assert.SkipUnless(ImageSampler.IsSupported, "The own sampler needs AVX2.");
        using var scope = NewDisposeScope();
        var config = wholePixels
            ? new TrainingConfig { Shift = 5, Flip = FlipKind.Random }
            : new TrainingConfig { Rotate = 40, Scale = 0.4, Shear = 0.3, Shift = 6, Elastic = 1.5, Flip = FlipKind.Random };
        var imaging = new ImagingSpec { Input = new(channels, 32, 32), Geometry = geometry };
        using var own = new Augmentation(config, imaging, CPU);
        using var torchs = new Augmentation(config, imaging, CPU, kernels: false);
        // The images are smooth, so that a source point's last bit decides nothing. Interpolation of noise is the same arithmetic.
        var images = functional.interpolate(randint(0, 256, [64, channels, 8, 8], ScalarType.Float32, generator: new Generator(5)),
            size: [32, 32], mode: InterpolationMode.Bilinear);

        var (mine, expected) = (Values(Apply(own, images, Numbers, 1)), Values(Apply(torchs, images, Numbers, 1)));

        for (var index = 0; index < expected.Length; index++)
            Assert.True(MathF.Abs(mine[index] - expected[index]) < 0.05f, $"value {index} is {mine[index]}, expected {expected[index]}");
    }

    /// <summary>The move of each image's source point for a move of its target point. Xy is columns read for each row drawn.</summary>
    private static (double Xx, double Xy, double Yx, double Yy)[] Maps(TrainingConfig config)
    {
        using var scope = NewDisposeScope();
        using var augmentation = New(config);
        var columns = Apply(augmentation, Ramp(), Numbers, 0).div(4);
        var rows = Apply(augmentation, Ramp().transpose(2, 3).contiguous(), Numbers, 0).div(4);
        return [.. Numbers.Select(image => (
            Slope(columns, image, 0, 1), Slope(columns, image, 1, 0), Slope(rows, image, 0, 1), Slope(rows, image, 1, 0)))];

        static double Slope(Tensor read, int image, int down, int right) =>
            (read[image, 0, 16 + 5 * down, 16 + 5 * right] - read[image, 0, 16 - 5 * down, 16 - 5 * right]).item<float>() / 10.0;
    }

    private static bool Close((double, double) one, (double, double) other) =>
        Math.Abs(one.Item1 - other.Item1) < 1e-3 && Math.Abs(one.Item2 - other.Item2) < 1e-3;

    /// <summary>Asserts that all values lie in the range and reach over most of it on both sides.</summary>
    private static void AssertFills(IEnumerable<double> values, double low, double high, double share = 0.8)
    {
        var (all, middle) = (values.ToArray(), (low + high) / 2);
        Assert.InRange(all.Min(), low - 1e-3, middle - share * (middle - low));
        Assert.InRange(all.Max(), middle + share * (high - middle), high + 1e-3);
    }

    private static Tensor Apply(Augmentation augmentation, Tensor images, ReadOnlySpan<int> numbers, int epoch) =>
        augmentation.Apply(images.to_type(ScalarType.Byte), numbers, epoch);

    private static Augmentation New(TrainingConfig config, Geometry geometry = Geometry.Fit) =>
        new(config, new() { Input = new(1, 32, 32), Geometry = geometry }, CPU);

    /// <summary>A gray that grows by 4 a column, so that a value tells the place at which it was read.</summary>
    private static Tensor Ramp() => arange(0, 32, ScalarType.Float32).mul(4).view(1, 1, 1, 32).expand(64, 1, 32, 32).contiguous();

    private static Tensor Images() => randint(0, 256, [64, 1, 32, 32], ScalarType.Float32, generator: new Generator(3));

    private static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes).ToArray();
}
