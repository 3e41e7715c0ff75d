using System.Runtime.Intrinsics;
using LeNetServe.Imaging;
using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Data;

/// <summary>
/// Distorts a whole batch. Mirror, shift, rotation, scale, shear and elastic distortion are one grid of source points and one sampling.
/// Tensor operations sample, or, on a CPU, <see cref="ImageSampler"/>; cutout is one product. The distortion of an image depends on seed,
/// epoch and the image's number alone.
/// </summary>
internal sealed class Augmentation : IDisposable
{
    private readonly TrainingConfig config;
    private readonly int side;
    private readonly bool wholePixels;
    private readonly float background;
    private readonly GridSamplePaddingMode outside;
    private readonly int points;
    private readonly Tensor? smoothing;
    private readonly ImageSampler? sampler;

    /// <param name="config">The distortions and their strength.</param>
    /// <param name="imaging">Size, background and geometry of the images.</param>
    /// <param name="device">The device of the images.</param>
    /// <param name="kernels">Use the own sampler if it fits; otherwise torch samples.</param>
    public Augmentation(TrainingConfig config, ImagingSpec imaging, Device device, bool kernels = true)
    {
        this.config = config;
        side = imaging.Input.Width;
        background = imaging.Background;
        outside = imaging.Geometry == Geometry.Digit ? GridSamplePaddingMode.Zeros : GridSamplePaddingMode.Reflection;
        var bends = config.Rotate > 0 || config.Scale > 0 || config.Shear > 0 || config.Elastic > 0;
        wholePixels = !bends && double.IsInteger(config.Shift);
        MovesPixels = bends || config.Shift > 0 || config.Flip != FlipKind.None;
        points = config.Elastic > 0 ? (int)Math.Ceiling(side / config.ElasticWidth) + 2 : 0;
        if (kernels && ImageSampler.IsSupported && device.type == DeviceType.CPU)
            sampler = new(side, wholePixels, reflect: outside == GridSamplePaddingMode.Reflection, Smoothing());
        else if (points > 0)
            smoothing = tensor(Smoothing(), [points, side], device: device).DetachFromDisposeScope();
    }

    /// <summary>Gets whether images change at all.</summary>
    public bool IsActive => MovesPixels || config.Cutout > 0;

    private bool MovesPixels { get; }

    /// <summary>Distorts a batch.</summary>
    /// <param name="pixels">B×C×H×W, uint8.</param>
    /// <param name="numbers">The images' numbers.</param>
    /// <param name="epoch">Number of the epoch.</param>
    /// <returns>B×C×H×W, float32 0..255; the same tensor if images do not change.</returns>
    public Tensor Apply(Tensor pixels, ReadOnlySpan<int> numbers, int epoch)
    {
        if (!IsActive)
            return pixels;
        var count = numbers.Length;
        var transforms = new float[count * 6];
        var bends = 2 * points * points;
        var noise = new float[count * bends + Vector512<float>.Count];
        var holes = new float[config.Cutout > 0 ? count * side * side : 0];
        for (var place = 0; place < count; place++)
        {
            var random = SplitMix64.For(config.Seed, RandomStreams.Augmentation + 1000 * epoch, numbers[place]);
            Transform(ref random, Mirrored(numbers[place], epoch, ref random), transforms.AsSpan(place * 6, 6));
            random.Normal(noise.AsSpan(place * bends, bends), (float)config.Elastic);
            if (holes.Length > 0)
                Hole(ref random, holes.AsSpan(place * side * side, side * side));
        }
        if (!MovesPixels)
            pixels = pixels.to_type(ScalarType.Float32);
        else if (sampler is not null)
            pixels = Sample(sampler, pixels, transforms, noise);
        else
            pixels = functional.grid_sample(
                pixels.to_type(ScalarType.Float32),
                Grid(transforms, noise, count, pixels),
                wholePixels ? GridSampleMode.Nearest : GridSampleMode.Bilinear,
                outside,
                align_corners: false);
        if (holes.Length == 0)
            return pixels;
        var mask = tensor(holes, [count, 1, side, side], device: pixels.device);
        return background == 0
            ? pixels.mul_(mask)
            : pixels.sub_(Number.Of(background)).mul_(mask).add_(Number.Of(background), Number.Of(1));
    }

    public void Dispose() => smoothing?.Dispose();

    private unsafe Tensor Sample(ImageSampler images, Tensor pixels, float[] transforms, float[] noise)
    {
        var channels = (int)pixels.shape[1];
        var source = pixels.contiguous();
        var result = empty(pixels.shape, ScalarType.Float32);
        fixed (byte* from = source.bytes)
        fixed (float* bends = noise)
        {
            var to = TensorMemory.Pointer(result);
            for (var image = 0; image < transforms.Length / 6; image++)
            {
                var at = image * channels * side * side;
                images.Sample(from + at, channels, transforms.AsSpan(image * 6, 6), bends + (image * 2 * points * points), to + at);
            }
        }
        return result;
    }

    /// <summary>Makes the grid in torch's units of half the side.</summary>
    private Tensor Grid(float[] transforms, float[] noise, int count, Tensor pixels)
    {
        var matrices = tensor(transforms, [count, 2, 3], device: pixels.device);
        matrices[.., .., 2].mul_(Number.Of(2.0 / side));
        var grid = functional.affine_grid(matrices, [count, 1, side, side], align_corners: false);
        if (smoothing is null)
            return grid;
        var bends = tensor(noise, device: smoothing.device).narrow(0, 0, count * 2 * points * points).view(count, 2, points, points);
        return grid.add_(smoothing.t().matmul(bends).matmul(smoothing).permute(0, 2, 3, 1), Number.Of(2.0 / side));
    }

    private bool Mirrored(int number, int epoch, ref SplitMix64 random) => config.Flip switch
    {
        FlipKind.Random => random.Next(2) == 1,
        FlipKind.Alternating => (SplitMix64.For(config.Seed, RandomStreams.Flip, number).Next(2) + epoch) % 2 == 1,
        _ => false,
    };

    /// <summary>Fills the 2×3 matrix from a target point to its source point, in pixels from the center.</summary>
    private void Transform(ref SplitMix64 random, bool mirrored, Span<float> matrix)
    {
        var angle = Around(ref random, config.Rotate) * Math.PI / 180;
        var (width, height) = (1 + Around(ref random, config.Scale), 1 + Around(ref random, config.Scale));
        var (leanX, leanY) = (Around(ref random, config.Shear), Around(ref random, config.Shear));
        var (right, down) = wholePixels
            ? (random.Next((2 * (int)config.Shift) + 1) - (int)config.Shift, random.Next((2 * (int)config.Shift) + 1) - (int)config.Shift)
            : (Around(ref random, config.Shift), Around(ref random, config.Shift));
        var (sine, cosine) = Math.SinCos(angle);
        var mirror = mirrored ? -1 : 1;
        matrix[0] = (float)(mirror * (cosine - sine * leanY) / width);
        matrix[1] = (float)(mirror * (cosine * leanX - sine) / width);
        matrix[2] = (float)right;
        matrix[3] = (float)((sine + cosine * leanY) / height);
        matrix[4] = (float)((sine * leanX + cosine) / height);
        matrix[5] = (float)down;
    }

    private void Hole(ref SplitMix64 random, Span<float> mask)
    {
        mask.Fill(1);
        var (left, top) = (random.Next(side) - config.Cutout / 2, random.Next(side) - config.Cutout / 2);
        for (var row = Math.Max(top, 0); row < Math.Min(top + config.Cutout, side); row++)
            mask[(row * side + Math.Max(left, 0))..(row * side + Math.Min(left + config.Cutout, side))].Clear();
    }

    /// <summary>
    /// Displacements are smooth mixtures of noise at control points one width apart: points×H; columns of unit length, so that every
    /// pixel's displacement has the noise's deviation.
    /// </summary>
    private float[] Smoothing()
    {
        var values = new float[points * side];
        for (var row = 0; row < side; row++)
        {
            var weights = Enumerable.Range(0, points)
                .Select(point => Math.Exp(-Math.Pow((row - (side - 1) / 2.0) / config.ElasticWidth - (point - (points - 1) / 2.0), 2)))
                .ToArray();
            var length = Math.Sqrt(weights.Sum(weight => weight * weight));
            for (var point = 0; point < points; point++)
                values[(point * side) + row] = (float)(weights[point] / length);
        }
        return values;
    }

    private static double Around(ref SplitMix64 random, double most) => random.Uniform(-1, 1) * most;
}
