using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Kernels;

/// <summary>C1 and S2: images 32 pixels wide to pooled maps of 14×14. As the first block it gives no gradient of its input.</summary>
internal sealed unsafe class RowBlock : ConvolutionBlock
{
    private const int Parts = 16;
    private const int Area = RowLanes.Out * RowLanes.Out;
    private const int PooledArea = RowLanes.Pooled * RowLanes.Pooled;
    private const int Plane = RowLanes.Side * RowLanes.Side;
    private const int SpreadArea = RowLanes.Out * RowLanes.Side;
    private readonly float* spread;

    public RowBlock(PooledConvolution block, TensorShape input, NetworkParameters parameters)
        : base(block, input, RowLanes.Maps, Parts, parameters) => spread = Own(PaddedMaps * SpreadArea).Pointer;

    /// <summary>True if the kernel fits an input.</summary>
    public static bool Supports(TensorShape input) => input is { Width: RowLanes.Side, Height: RowLanes.Side };

    protected override void Convolve(float* x, float* weights, float* summands, float* values)
    {
        for (var row = 0; row < RowLanes.Out; row++)
            for (var map = 0; map < Maps; map += RowLanes.Maps)
                RowLanes.Convolve(
                    x + (row * RowLanes.Side), Channels, weights + (map * Channels * Taps), summands + map,
                    values + (map * Area) + (row * RowLanes.Out), Area);
    }

    protected override void Sum(float* values, float* sum, float* squares)
    {
        for (var map = 0; map < Maps; map++)
            (sum[map], squares[map]) = RowLanes.Sums(values + (map * Area));
    }

    /// <summary>In the order of the memory: each row's surplus of two values is overwritten by the next row.</summary>
    protected override void Pool(float* values, float* factors, float* summands, float least, float* output, byte* winners)
    {
        for (var map = 0; map < Maps; map++)
            for (var row = 0; row < RowLanes.Pooled; row++)
            {
                var at = (map * PooledArea) + (row * RowLanes.Pooled);
                RowLanes.Pool(
                    values + (map * Area) + (2 * row * RowLanes.Out), factors[map], summands[map], least, output + at, winners + at);
            }
    }

    protected override void SumGradient(float* gradient, byte* winners, float* values, float* sum, float* products)
    {
        for (var map = 0; map < Maps; map++)
            (sum[map], products[map]) = RowLanes.GradientSums(
                gradient + (map * PooledArea), winners + (map * PooledArea), values + (map * Area));
    }

    [SkipLocalsInit]
    protected override void AddSparse(float* x, float* gradient, byte* winners, float* partial, float* xGradient)
    {
        var places = stackalloc int[PooledArea];
        var values = stackalloc float[PooledArea];
        for (var map = 0; map < Maps; map++)
        {
            var length = RowLanes.List(gradient + (map * PooledArea), winners + (map * PooledArea), places, values);
            var total = 0f;
            for (var channel = 0; channel < Channels; channel++)
                total = Lanes.AddSparseGradient(
                    x + (channel * Plane), RowLanes.Side, places, values, length, partial + ((map * Channels + channel) * 40));
            if (BiasGradient != null)
                BiasGradient[map] += total;
        }
    }

    protected override void AddDense(
        float* x, float* gradient, byte* winners, float* values, float* coefficients, float* partial, float* xGradient)
    {
        for (var map = 0; map < Maps; map++)
            RowLanes.Spread(
                gradient + (map * PooledArea), winners + (map * PooledArea), values + (map * Area),
                (coefficients[map], coefficients[Maps + map], coefficients[2 * Maps + map]), spread + (map * SpreadArea));
        for (var channel = 0; channel < Channels; channel++)
            for (var row = 0; row < 5; row++)
                for (var map = 0; map < PaddedMaps; map += 3)
                    RowLanes.AddDenseGradient(
                        x + (channel * Plane) + (row * RowLanes.Side), spread + (map * SpreadArea),
                        partial + ((map * Channels + channel) * Taps + row * 5) * Parts, Channels * Taps * Parts);
    }

    protected override void Collect(float* partial, float* gradient)
    {
        for (var value = 0; value < Maps * Channels * Taps; value++)
            gradient[value] += Vector512.Sum(Vector512.Load(partial + (value * Parts)));
    }
}
