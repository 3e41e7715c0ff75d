using System.Runtime.Intrinsics;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Kernels;

/// <summary>
/// C1, its batch norm and ReLU if any, and S2 in one: images 32 pixels wide to pooled maps of 14×14. As the first block it gives no
/// gradient of its input.
/// </summary>
internal sealed unsafe class RowBlock : IDisposable
{
    private const int Taps = 25;
    private const int Area = RowLanes.Out * RowLanes.Out;
    private const int PooledArea = RowLanes.Pooled * RowLanes.Pooled;
    private const int Plane = RowLanes.Side * RowLanes.Side;
    private readonly int channels;
    private readonly int maps;
    private readonly int groups;
    private readonly float* weight;
    private readonly float* bias;
    private readonly float* weightGradient;
    private readonly float* biasGradient;
    private readonly float floor;
    private readonly BlockNorm? norm;
    private readonly AlignedMemory<float> packed;
    private readonly AlignedMemory<float> packedBias;
    private readonly AlignedMemory<float> scale;
    private readonly AlignedMemory<float> shift;
    private readonly AlignedMemory<float> sums;
    private readonly AlignedMemory<float> spread;
    private AlignedMemory<float> z = new(0);
    private AlignedMemory<byte> winner = new(0);

    public RowBlock(PooledConvolution block, int channels, NetworkParameters parameters)
    {
        var convolution = block.Convolution;
        floor = block.Floor;
        this.channels = channels;
        maps = convolution.Maps;
        groups = (maps + RowLanes.Maps - 1) / RowLanes.Maps;
        weight = parameters.Values($"{convolution.Name}.weight");
        weightGradient = parameters.Gradients($"{convolution.Name}.weight");
        bias = convolution.Bias ? parameters.Values($"{convolution.Name}.bias") : null;
        biasGradient = convolution.Bias ? parameters.Gradients($"{convolution.Name}.bias") : null;
        norm = block.Norm is null ? null : new(block.Norm, maps, parameters);
        packed = new(groups * RowLanes.Maps * channels * Taps);
        packedBias = new(PaddedMaps);
        scale = new(PaddedMaps);
        shift = new(PaddedMaps);
        sums = new(PaddedMaps * channels * Taps * 16);
        spread = new(PaddedMaps * RowLanes.Out * RowLanes.Side);
    }

    /// <summary>Values per image that leave the block.</summary>
    public int OutputSize => maps * PooledArea;

    private int PaddedMaps => groups * RowLanes.Maps;

    /// <summary>True if the kernel fits an input.</summary>
    public static bool Supports(TensorShape input) => input is { Width: RowLanes.Side, Height: RowLanes.Side };

    /// <param name="x">Normalized images, count × channels × 32 × 32.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="output">count × maps × 14 × 14, and two values beyond.</param>
    /// <param name="training">Use the batch's statistics and keep values for <see cref="Backward"/>.</param>
    public void Forward(float* x, int count, float* output, bool training)
    {
        Pack();
        var keep = training && norm is not null;
        Reserve(count, keep);
        var imageSize = PaddedMaps * Area;
        if (norm is null)
            new Span<float>(scale.Pointer, PaddedMaps).Fill(1);
        else if (!training)
            norm.UseRunning(scale.Pointer, shift.Pointer);
        Span<double> sum = stackalloc double[maps];
        Span<double> square = stackalloc double[maps];
        for (var image = 0; image < count; image++)
        {
            var values = z.Pointer + (keep ? (long)image * imageSize : 0);
            Convolve(x + ((long)image * channels * Plane), values);
            if (!keep)
                Pool(values, image, output);
            for (var map = 0; keep && map < maps; map++)
            {
                var (total, squares) = RowLanes.Sums(values + (map * Area));
                sum[map] += total;
                square[map] += squares;
            }
        }
        if (!keep)
            return;
        norm!.UseBatch(sum, square, (long)count * Area, scale.Pointer, shift.Pointer);
        for (var image = 0; image < count; image++)
            Pool(z.Pointer + ((long)image * imageSize), image, output);
    }

    /// <summary>Adds the parameters' gradients.</summary>
    /// <param name="x">The images of the forward pass.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="gradient">Gradient of the output, count × maps × 14 × 14 and two values beyond.</param>
    public void Backward(float* x, int count, float* gradient)
    {
        new Span<float>(sums.Pointer, (int)sums.Count).Clear();
        if (norm is null)
            SparseBackward(x, count, gradient);
        else
            DenseBackward(x, count, gradient);
    }

    public void Dispose()
    {
        foreach (var memory in (IDisposable[])[packed, packedBias, scale, shift, sums, spread, z, winner])
            memory.Dispose();
    }

    private void SparseBackward(float* x, int count, float* gradient)
    {
        var places = stackalloc int[PooledArea];
        var values = stackalloc float[PooledArea];
        for (var image = 0; image < count; image++)
            for (var map = 0; map < maps; map++)
            {
                var at = ((long)image * maps + map) * PooledArea;
                var length = RowLanes.List(gradient + at, winner.Pointer + at, places, values);
                var total = 0f;
                for (var channel = 0; channel < channels; channel++)
                    total = Lanes.AddSparseGradient(
                        x + (((long)image * channels + channel) * Plane), RowLanes.Side, places, values, length,
                        sums.Pointer + ((map * channels + channel) * 40));
                if (bias != null)
                    biasGradient[map] += total;
            }
        for (var kernel = 0; kernel < maps * channels; kernel++)
            for (var tap = 0; tap < Taps; tap++)
                weightGradient[kernel * Taps + tap] += sums.Pointer[kernel * 40 + tap / 5 * 8 + tap % 5];
    }

    private void DenseBackward(float* x, int count, float* gradient)
    {
        var coefficients = stackalloc (float, float, float)[maps];
        for (var map = 0; map < maps; map++)
        {
            var sum = 0.0;
            var product = 0.0;
            for (var image = 0; image < count; image++)
            {
                var at = ((long)image * maps + map) * PooledArea;
                var before = z.Pointer + (((long)image * PaddedMaps + map) * Area);
                var (total, products) = RowLanes.GradientSums(gradient + at, winner.Pointer + at, before);
                sum += total;
                product += products;
            }
            coefficients[map] = norm!.Backward(map, sum, product, (long)count * Area);
        }
        var stride = channels * Taps * 16;
        for (var image = 0; image < count; image++)
        {
            for (var map = 0; map < maps; map++)
            {
                var at = ((long)image * maps + map) * PooledArea;
                RowLanes.Spread(
                    gradient + at, winner.Pointer + at, z.Pointer + (((long)image * PaddedMaps + map) * Area), coefficients[map],
                    spread.Pointer + (map * RowLanes.Out * RowLanes.Side));
            }
            for (var channel = 0; channel < channels; channel++)
                for (var row = 0; row < 5; row++)
                    for (var map = 0; map < PaddedMaps; map += 3)
                        RowLanes.AddDenseGradient(
                            x + (((long)image * channels + channel) * Plane) + (row * RowLanes.Side),
                            spread.Pointer + (map * RowLanes.Out * RowLanes.Side),
                            sums.Pointer + (map * stride) + ((channel * Taps + row * 5) * 16),
                            stride);
        }
        for (var value = 0; value < maps * channels * Taps; value++)
            weightGradient[value] += Vector512.Sum(Vector512.Load(sums.Pointer + (value * 16)));
    }

    private void Convolve(float* x, float* values)
    {
        for (var row = 0; row < RowLanes.Out; row++)
            for (var group = 0; group < groups; group++)
                RowLanes.Convolve(
                    x + (row * RowLanes.Side), channels,
                    packed.Pointer + (group * RowLanes.Maps * channels * Taps), packedBias.Pointer + (group * RowLanes.Maps),
                    values + (group * RowLanes.Maps * Area) + (row * RowLanes.Out), Area);
    }

    /// <summary>In the order of the memory: each row's surplus of two values is overwritten by the next row.</summary>
    private void Pool(float* values, int image, float* output)
    {
        for (var map = 0; map < maps; map++)
            for (var row = 0; row < RowLanes.Pooled; row++)
            {
                var at = (((long)image * maps + map) * PooledArea) + (row * RowLanes.Pooled);
                RowLanes.Pool(
                    values + (map * Area) + (2 * row * RowLanes.Out), RowLanes.Out, scale.Pointer[map], shift.Pointer[map], floor,
                    output + at, winner.Pointer + at);
            }
    }

    private void Pack()
    {
        for (var map = 0; map < maps; map++)
        {
            var target = packed.Pointer + (map / RowLanes.Maps * RowLanes.Maps * channels * Taps) + (map % RowLanes.Maps);
            for (var tap = 0; tap < channels * Taps; tap++)
                target[tap * RowLanes.Maps] = weight[map * channels * Taps + tap];
            if (bias != null)
                packedBias.Pointer[map] = bias[map];
        }
    }

    private void Reserve(int count, bool keep)
    {
        AlignedMemory<float>.Reserve(ref z, (keep ? (long)count : 1) * PaddedMaps * Area);
        AlignedMemory<byte>.Reserve(ref winner, (long)count * OutputSize);
    }
}
