using System.Runtime.Intrinsics;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Kernels;

/// <summary>C3, its batch norm and ReLU if any, and S4 in one: 6 maps of 14×14 to 16 pooled maps of 5×5.</summary>
internal sealed unsafe class MapBlock : IDisposable
{
    public const int Channels = 6;
    public const int OutputSize = MapLanes.Maps * PooledArea;
    private const int Taps = 25;
    private const int Area = MapLanes.Out * MapLanes.Out;
    private const int PooledArea = MapLanes.Pooled * MapLanes.Pooled;
    private const int Plane = MapLanes.Side * MapLanes.Side;
    private const int KernelRows = Channels * 5 * 8;
    private readonly float* weight;
    private readonly float* bias;
    private readonly float* weightGradient;
    private readonly float* biasGradient;
    private readonly float floor;
    private readonly BlockNorm? norm;
    private readonly AlignedMemory<float> packed = new(Channels * Taps * MapLanes.Maps);
    private readonly AlignedMemory<float> packedBias = new(MapLanes.Maps);
    private readonly AlignedMemory<float> kernels = new(MapLanes.Maps * KernelRows);
    private readonly AlignedMemory<float> scale = new(MapLanes.Maps);
    private readonly AlignedMemory<float> shift = new(MapLanes.Maps);
    private readonly AlignedMemory<float> sums = new(Channels * Taps * MapLanes.Maps * 2);
    private readonly AlignedMemory<float> spread = new(Area * MapLanes.Maps);
    private readonly AlignedMemory<float> inputGradient = new(Channels * MapLanes.Side * MapLanes.PaddedSide);
    private AlignedMemory<float> z = new(0);
    private AlignedMemory<float> placed = new(0);
    private AlignedMemory<byte> winner = new(0);

    public MapBlock(PooledConvolution block, NetworkParameters parameters)
    {
        var convolution = block.Convolution;
        floor = block.Floor;
        weight = parameters.Values($"{convolution.Name}.weight");
        weightGradient = parameters.Gradients($"{convolution.Name}.weight");
        bias = convolution.Bias ? parameters.Values($"{convolution.Name}.bias") : null;
        biasGradient = convolution.Bias ? parameters.Gradients($"{convolution.Name}.bias") : null;
        norm = block.Norm is null ? null : new(block.Norm, MapLanes.Maps, parameters);
    }

    /// <summary>True if the kernel fits a convolution and its input.</summary>
    public static bool Supports(PooledConvolution block, TensorShape input) =>
        block.Convolution.Maps == MapLanes.Maps && input is { Channels: Channels, Width: MapLanes.Side, Height: MapLanes.Side };

    /// <param name="x">count × 6 × 14 × 14.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="output">count × 16 × 5 × 5.</param>
    /// <param name="training">Use the batch's statistics and keep values for <see cref="Backward"/>.</param>
    public void Forward(float* x, int count, float* output, bool training)
    {
        Pack();
        var keep = training && norm is not null;
        Reserve(count, keep);
        if (norm is null)
            new Span<float>(scale.Pointer, MapLanes.Maps).Fill(1);
        else if (!training)
            norm.UseRunning(scale.Pointer, shift.Pointer);
        Span<double> sum = stackalloc double[MapLanes.Maps], square = stackalloc double[MapLanes.Maps];
        for (var image = 0; image < count; image++)
        {
            var values = z.Pointer + (keep ? (long)image * Area * MapLanes.Maps : 0);
            for (var row = 0; row < MapLanes.Out; row++)
                MapLanes.Convolve(
                    x + ((long)image * Channels * Plane) + (row * MapLanes.Side), Channels, packed.Pointer, packedBias.Pointer,
                    values + (row * MapLanes.Out * MapLanes.Maps));
            if (keep)
                AddSums(values, sum, square);
            else
                Pool(values, image, output);
        }
        if (!keep)
            return;
        norm!.UseBatch(sum, square, (long)count * Area, scale.Pointer, shift.Pointer);
        for (var image = 0; image < count; image++)
            Pool(z.Pointer + ((long)image * Area * MapLanes.Maps), image, output);
    }

    /// <summary>Adds the parameters' gradients and gives the input's.</summary>
    /// <param name="x">The input of the forward pass.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="gradient">Gradient of the output, count × 16 × 5 × 5.</param>
    /// <param name="xGradient">Gradient of the input, count × 6 × 14 × 14, and two values beyond.</param>
    public void Backward(float* x, int count, float* gradient, float* xGradient)
    {
        PackKernels();
        new Span<float>(sums.Pointer, (int)sums.Count).Clear();
        if (norm is null)
            SparseBackward(x, count, gradient, xGradient);
        else
            DenseBackward(x, count, gradient, xGradient);
    }

    public void Dispose()
    {
        foreach (var memory in (IDisposable[])[packed, packedBias, kernels, scale, shift, sums, spread, inputGradient, z, placed, winner])
            memory.Dispose();
    }

    private void SparseBackward(float* x, int count, float* gradient, float* xGradient)
    {
        // Lists of each map's maxima with a gradient. ReLU made the others zero; they go to a fifth list of each place.
        var values = stackalloc float[MapLanes.Maps * PooledArea];
        var places = stackalloc int[MapLanes.Maps * PooledArea];
        var counts = stackalloc int[MapLanes.Maps];
        var lists = stackalloc int[5 * MapLanes.Maps];
        var listed = stackalloc float[5 * MapLanes.Maps];
        var lengths = stackalloc int[5];
        for (var image = 0; image < count; image++)
        {
            var from = gradient + ((long)image * OutputSize);
            var at = winner.Pointer + ((long)image * OutputSize);
            var input = x + ((long)image * Channels * Plane);
            new Span<float>(inputGradient.Pointer, (int)inputGradient.Count).Clear();
            new Span<int>(counts, MapLanes.Maps).Clear();
            for (var place = 0; place < PooledArea; place++)
            {
                var (row, column) = (2 * (place / MapLanes.Pooled), 2 * (place % MapLanes.Pooled));
                new Span<int>(lengths, 5).Clear();
                for (var map = 0; map < MapLanes.Maps; map++)
                {
                    var which = at[place * MapLanes.Maps + map];
                    var value = from[map * PooledArea + place];
                    var slot = which * MapLanes.Maps + lengths[which]++;
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
                            lists + (which * MapLanes.Maps), listed + (which * MapLanes.Maps), lengths[which], kernels.Pointer,
                            inputGradient.Pointer + ((row + (which >> 1)) * MapLanes.PaddedSide) + column + (which & 1));
            }
            for (var map = 0; map < MapLanes.Maps; map++)
            {
                var first = map * PooledArea;
                for (var channel = 0; channel < Channels; channel++)
                    Lanes.AddSparseGradient(
                        input + (channel * Plane), MapLanes.Side, places + first, values + first, counts[map],
                        sums.Pointer + ((map * Channels + channel) * 40));
                for (var number = 0; bias != null && number < counts[map]; number++)
                    biasGradient[map] += values[first + number];
            }
            StoreInputGradient(xGradient + ((long)image * Channels * Plane));
        }
        for (var kernel = 0; kernel < MapLanes.Maps * Channels; kernel++)
            for (var tap = 0; tap < Taps; tap++)
                weightGradient[kernel * Taps + tap] += sums.Pointer[kernel * 40 + tap / 5 * 8 + tap % 5];
    }

    private void DenseBackward(float* x, int count, float* gradient, float* xGradient)
    {
        var coefficients = stackalloc float[3 * MapLanes.Maps];
        NormBackward(count, gradient, coefficients);
        var all = stackalloc int[MapLanes.Maps];
        for (var map = 0; map < MapLanes.Maps; map++)
            all[map] = map;
        for (var image = 0; image < count; image++)
        {
            MapLanes.Spread(
                placed.Pointer + ((long)image * OutputSize), winner.Pointer + ((long)image * OutputSize),
                z.Pointer + ((long)image * Area * MapLanes.Maps), coefficients, spread.Pointer);
            var input = x + ((long)image * Channels * Plane);
            for (var channel = 0; channel < Channels; channel++)
                MapLanes.AddDenseGradient(input + (channel * Plane), spread.Pointer, sums.Pointer + (channel * Taps * MapLanes.Maps));
            new Span<float>(inputGradient.Pointer, (int)inputGradient.Count).Clear();
            for (var row = 0; row < MapLanes.Out; row++)
                for (var column = 0; column < MapLanes.Out; column++)
                    MapLanes.AddInputGradient(
                        all, spread.Pointer + ((row * MapLanes.Out + column) * MapLanes.Maps), MapLanes.Maps, kernels.Pointer,
                        inputGradient.Pointer + (row * MapLanes.PaddedSide) + column);
            StoreInputGradient(xGradient + ((long)image * Channels * Plane));
        }
        for (var map = 0; map < MapLanes.Maps; map++)
            for (var tap = 0; tap < Channels * Taps; tap++)
                weightGradient[map * Channels * Taps + tap] += sums.Pointer[tap * MapLanes.Maps + map];
    }

    /// <summary>Sorts the gradient by place, and takes it back through the norm.</summary>
    private void NormBackward(int count, float* gradient, float* coefficients)
    {
        Span<double> sum = stackalloc double[MapLanes.Maps], product = stackalloc double[MapLanes.Maps];
        var total = stackalloc float[MapLanes.Maps];
        var products = stackalloc float[MapLanes.Maps];
        for (var image = 0; image < count; image++)
        {
            var from = gradient + ((long)image * OutputSize);
            var to = placed.Pointer + ((long)image * OutputSize);
            for (var place = 0; place < PooledArea; place++)
                for (var map = 0; map < MapLanes.Maps; map++)
                    to[place * MapLanes.Maps + map] = from[map * PooledArea + place];
            MapLanes.GradientSums(
                to, winner.Pointer + ((long)image * OutputSize), z.Pointer + ((long)image * Area * MapLanes.Maps), total, products);
            for (var map = 0; map < MapLanes.Maps; map++)
            {
                sum[map] += total[map];
                product[map] += products[map];
            }
        }
        for (var map = 0; map < MapLanes.Maps; map++)
            (coefficients[map], coefficients[16 + map], coefficients[32 + map]) =
                norm!.Backward(map, sum[map], product[map], (long)count * Area);
    }

    /// <summary>In the order of the memory: each row's surplus of two values is overwritten by the next row.</summary>
    private void StoreInputGradient(float* output)
    {
        for (var row = 0; row < Channels * MapLanes.Side; row++)
            Vector512.Load(inputGradient.Pointer + (row * MapLanes.PaddedSide)).Store(output + (row * MapLanes.Side));
    }

    private static void AddSums(float* values, Span<double> sum, Span<double> square)
    {
        var total = stackalloc float[MapLanes.Maps];
        var squares = stackalloc float[MapLanes.Maps];
        MapLanes.Sums(values, total, squares);
        for (var map = 0; map < MapLanes.Maps; map++)
        {
            sum[map] += total[map];
            square[map] += squares[map];
        }
    }

    private void Pool(float* values, int image, float* output) => MapLanes.Pool(
        values, scale.Pointer, shift.Pointer, floor, output + ((long)image * OutputSize), winner.Pointer + ((long)image * OutputSize));

    private void Pack()
    {
        for (var map = 0; map < MapLanes.Maps; map++)
        {
            for (var tap = 0; tap < Channels * Taps; tap++)
                packed.Pointer[tap * MapLanes.Maps + map] = weight[map * Channels * Taps + tap];
            if (bias != null)
                packedBias.Pointer[map] = bias[map];
        }
    }

    private void PackKernels()
    {
        for (var line = 0; line < MapLanes.Maps * Channels * 5; line++)
            for (var tap = 0; tap < 5; tap++)
                kernels.Pointer[line * 8 + tap] = weight[line * 5 + tap];
    }

    private void Reserve(int count, bool keep)
    {
        AlignedMemory<float>.Reserve(ref z, (keep ? (long)count : 1) * Area * MapLanes.Maps);
        AlignedMemory<float>.Reserve(ref placed, keep ? (long)count * OutputSize : 0);
        AlignedMemory<byte>.Reserve(ref winner, (long)count * OutputSize);
    }
}
