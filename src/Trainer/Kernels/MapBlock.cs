using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Kernels;

/// <summary>
/// C3 and S4: 6 maps of 14×14 to 16 pooled maps of 5×5. The order of z, winners and sorted gradients is by place, then map.
/// </summary>
internal sealed unsafe class MapBlock : ConvolutionBlock
{
    private const int Inputs = 6;
    private const int Outputs = MapLanes.Maps;
    private const int PooledArea = MapLanes.Pooled * MapLanes.Pooled;
    private const int Plane = MapLanes.Side * MapLanes.Side;
    private const int Gathered = Inputs * MapLanes.Side * MapLanes.PaddedSide;
    private readonly float* kernels;
    private readonly float* spread;
    private readonly float* inputGradient;

    public MapBlock(PooledConvolution block, TensorShape input, NetworkParameters parameters)
        : base(block, input, Outputs, 2, parameters)
    {
        kernels = Own(Outputs * Inputs * 5 * 8).Pointer;
        spread = Own(MapLanes.Out * MapLanes.Out * Outputs).Pointer;
        inputGradient = Own(Gathered).Pointer;
    }

    /// <summary>True if the kernel fits a convolution and its input.</summary>
    public static bool Supports(PooledConvolution block, TensorShape input) =>
        block.Convolution.Maps == Outputs && input is { Channels: Inputs, Width: MapLanes.Side, Height: MapLanes.Side };

    protected override void PackKernels(float* weights)
    {
        for (var line = 0; line < Outputs * Inputs * 5; line++)
            for (var tap = 0; tap < 5; tap++)
                kernels[line * 8 + tap] = weights[line * 5 + tap];
    }

    protected override void Convolve(float* x, float* weights, float* summands, float* values)
    {
        for (var row = 0; row < MapLanes.Out; row++)
            MapLanes.Convolve(x + (row * MapLanes.Side), Inputs, weights, summands, values + (row * MapLanes.Out * Outputs));
    }

    protected override void Sum(float* values, float* sum, float* squares) => MapLanes.Sums(values, sum, squares);

    protected override void Pool(float* values, float* factors, float* summands, float least, float* output, byte* winners) =>
        MapLanes.Pool(values, factors, summands, least, output, winners);

    protected override void SumGradient(float* gradient, byte* winners, float* values, float* sum, float* products)
    {
        for (var place = 0; place < PooledArea; place++)
            for (var map = 0; map < Outputs; map++)
                spread[place * Outputs + map] = gradient[map * PooledArea + place];
        new Span<float>(spread, OutputSize).CopyTo(new(gradient, OutputSize));
        MapLanes.GradientSums(gradient, winners, values, sum, products);
    }

    [SkipLocalsInit]
    protected override void AddSparse(float* x, float* gradient, byte* winners, float* partial, float* xGradient)
    {
        // Lists of each map's maxima with a gradient. ReLU made the others zero; they go to a fifth list of each place.
        var values = stackalloc float[Outputs * PooledArea];
        var places = stackalloc int[Outputs * PooledArea];
        var counts = stackalloc int[Outputs];
        var lists = stackalloc int[5 * Outputs];
        var listed = stackalloc float[5 * Outputs];
        var lengths = stackalloc int[5];
        new Span<int>(counts, Outputs).Clear();
        new Span<float>(inputGradient, Gathered).Clear();
        for (var place = 0; place < PooledArea; place++)
        {
            var (row, column) = (2 * (place / MapLanes.Pooled), 2 * (place % MapLanes.Pooled));
            new Span<int>(lengths, 5).Clear();
            for (var map = 0; map < Outputs; map++)
            {
                var which = winners[place * Outputs + map];
                var value = gradient[map * PooledArea + place];
                var slot = which * Outputs + lengths[which]++;
                lists[slot] = map;
                listed[slot] = value;
                var entry = map * PooledArea + counts[map];
                values[entry] = value;
                places[entry] = ((row + ((which >> 1) & 1)) * MapLanes.Side) + column + (which & 1);
                counts[map] += 1 - (which >> 2);
            }
            for (var which = 0; which < 4; which++)
                if (lengths[which] > 0)
                    MapLanes.AddInputGradient(
                        lists + (which * Outputs), listed + (which * Outputs), lengths[which], kernels,
                        inputGradient + ((row + (which >> 1)) * MapLanes.PaddedSide) + column + (which & 1));
        }
        for (var map = 0; map < Outputs; map++)
        {
            var first = map * PooledArea;
            for (var channel = 0; channel < Inputs; channel++)
                Lanes.AddSparseGradient(
                    x + (channel * Plane), MapLanes.Side, places + first, values + first, counts[map],
                    partial + ((map * Inputs + channel) * 40));
            for (var number = 0; BiasGradient != null && number < counts[map]; number++)
                BiasGradient[map] += values[first + number];
        }
        StoreInputGradient(xGradient);
    }

    protected override void AddDense(
        float* x, float* gradient, byte* winners, float* values, float* coefficients, float* partial, float* xGradient)
    {
        MapLanes.Spread(gradient, winners, values, coefficients, spread);
        for (var channel = 0; channel < Inputs; channel++)
            MapLanes.AddDenseGradient(x + (channel * Plane), spread, partial + (channel * Taps * Outputs));
        var all = stackalloc int[Outputs];
        for (var map = 0; map < Outputs; map++)
            all[map] = map;
        new Span<float>(inputGradient, Gathered).Clear();
        for (var row = 0; row < MapLanes.Out; row++)
            for (var column = 0; column < MapLanes.Out; column++)
                MapLanes.AddInputGradient(
                    all, spread + ((row * MapLanes.Out + column) * Outputs), Outputs, kernels,
                    inputGradient + (row * MapLanes.PaddedSide) + column);
        StoreInputGradient(xGradient);
    }

    protected override void Collect(float* partial, float* gradient)
    {
        for (var map = 0; map < Outputs; map++)
            for (var tap = 0; tap < Inputs * Taps; tap++)
                gradient[map * Inputs * Taps + tap] += partial[tap * Outputs + map];
    }

    /// <summary>In the order of the memory: each row's surplus of two values is overwritten by the next row.</summary>
    private void StoreInputGradient(float* output)
    {
        for (var row = 0; row < Inputs * MapLanes.Side; row++)
            Vector512.Load(inputGradient + (row * MapLanes.PaddedSide)).Store(output + (row * MapLanes.Side));
    }
}
