using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Kernels;

/// <summary>
/// C3's arithmetic: 5×5 convolution of a 14 pixels wide image into 16 maps of 10 columns. A vector holds the 16 maps of one place, so no
/// part of it is idle and pooling needs no shuffle. One image per call.
/// </summary>
internal static unsafe class MapLanes
{
    public const int Side = 14;
    public const int Out = 10;
    public const int Pooled = 5;
    public const int Maps = 16;
    private const int Kernel = 5;
    private const int Plane = Side * Side;

    /// <summary>Side of the padded rows in which the input's gradient is gathered.</summary>
    public const int PaddedSide = 24;

    /// <summary>One output row of 16 maps.</summary>
    /// <param name="x">Input at the row's top left, channels × 14 × 14.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="weights">channels × 5 × 5 × 16 maps.</param>
    /// <param name="bias">16 values.</param>
    /// <param name="output">10 × 16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolve(float* x, int channels, float* weights, float* bias, float* output)
    {
        Vector512<float> a = Vector512.Load(bias), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a;
        for (var channel = 0; channel < channels; channel++)
            for (var row = 0; row < Kernel; row++)
            {
                var line = x + (channel * Plane) + (row * Side);
                for (var column = 0; column < Kernel; column++, weights += Maps)
                {
                    var weight = Vector512.Load(weights);
                    var at = line + column;
                    a = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[0]), a);
                    b = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[1]), b);
                    c = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[2]), c);
                    d = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[3]), d);
                    e = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[4]), e);
                    f = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[5]), f);
                    g = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[6]), g);
                    h = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[7]), h);
                    i = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[8]), i);
                    j = Vector512.FusedMultiplyAdd(weight, Vector512.Create(at[9]), j);
                }
            }
        a.Store(output);
        b.Store(output + 16);
        c.Store(output + 32);
        d.Store(output + 48);
        e.Store(output + 64);
        f.Store(output + 80);
        g.Store(output + 96);
        h.Store(output + 112);
        i.Store(output + 128);
        j.Store(output + 144);
    }

    /// <summary>Each map's sum and sum of squares over the 10 × 10 places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sums(float* z, float* sums, float* squares)
    {
        Vector512<float> sum = default, square = default;
        for (var place = 0; place < Out * Out; place++)
        {
            var value = Vector512.Load(z + (place * Maps));
            sum += value;
            square = Vector512.FusedMultiplyAdd(value, value, square);
        }
        sum.Store(sums);
        square.Store(squares);
    }

    /// <summary>Scale, shift, floor and 2×2 maximum of the whole image.</summary>
    /// <param name="z">10 × 10 × 16.</param>
    /// <param name="scale">16 factors.</param>
    /// <param name="shift">16 summands.</param>
    /// <param name="floor">Least value: 0 with ReLU, −∞ without.</param>
    /// <param name="output">16 × 5 × 5: maps first.</param>
    /// <param name="winner">
    /// 5 × 5 × 16 places of the maxima in their windows, 0 1 / 2 3, or 4 for a maximum that is not above the floor.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pool(float* z, float* scale, float* shift, float floor, float* output, byte* winner)
    {
        Vector512<float> factor = Vector512.Load(scale), summand = Vector512.Load(shift), least = Vector512.Create(floor);
        var values = stackalloc float[Maps];
        for (var row = 0; row < Pooled; row++)
            for (var column = 0; column < Pooled; column++, winner += Maps)
            {
                var at = z + (((2 * row * Out) + (2 * column)) * Maps);
                var (value, index) = Lanes.Maximum(
                    Vector512.FusedMultiplyAdd(Vector512.Load(at), factor, summand),
                    Vector512.FusedMultiplyAdd(Vector512.Load(at + Maps), factor, summand),
                    Vector512.FusedMultiplyAdd(Vector512.Load(at + (Out * Maps)), factor, summand),
                    Vector512.FusedMultiplyAdd(Vector512.Load(at + ((Out + 1) * Maps)), factor, summand),
                    least);
                Lanes.StoreBytes(index, winner);
                value.Store(values);
                var target = output + (row * Pooled) + column;
                for (var map = 0; map < Maps; map++)
                    target[map * Pooled * Pooled] = values[map];
            }
    }

    /// <summary>Each map's sum of the gradients, and of their products with the value before batch norm that was the maximum.</summary>
    /// <param name="gradient">5 × 5 × 16.</param>
    /// <param name="winner">5 × 5 × 16.</param>
    /// <param name="z">10 × 10 × 16.</param>
    /// <param name="sums">16 values.</param>
    /// <param name="products">16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GradientSums(float* gradient, byte* winner, float* z, float* sums, float* products)
    {
        Vector512<float> sum = default, product = default;
        for (var row = 0; row < Pooled; row++)
            for (var column = 0; column < Pooled; column++, gradient += Maps, winner += Maps)
            {
                var at = z + (((2 * row * Out) + (2 * column)) * Maps);
                var place = Lanes.LoadBytes(winner);
                var value = Vector512.Load(gradient) & Vector512.LessThan(place, Vector512.Create(4)).AsSingle();
                var chosen = Lanes.At(Vector512.Load(at), place, 0) | Lanes.At(Vector512.Load(at + Maps), place, 1)
                    | Lanes.At(Vector512.Load(at + (Out * Maps)), place, 2) | Lanes.At(Vector512.Load(at + ((Out + 1) * Maps)), place, 3);
                sum += value;
                product = Vector512.FusedMultiplyAdd(value, chosen, product);
            }
        sum.Store(sums);
        product.Store(products);
    }

    /// <summary>Gradient before batch norm: factor·(gradient at the maxima) + slope·z + offset.</summary>
    /// <param name="gradient">5 × 5 × 16.</param>
    /// <param name="winner">5 × 5 × 16.</param>
    /// <param name="z">10 × 10 × 16.</param>
    /// <param name="coefficients">16 factors, 16 slopes, 16 offsets.</param>
    /// <param name="output">10 × 10 × 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(float* gradient, byte* winner, float* z, float* coefficients, float* output)
    {
        var factor = Vector512.Load(coefficients);
        var slope = Vector512.Load(coefficients + 16);
        var offset = Vector512.Load(coefficients + 32);
        for (var row = 0; row < Pooled; row++)
            for (var column = 0; column < Pooled; column++, gradient += Maps, winner += Maps)
            {
                var at = ((2 * row * Out) + (2 * column)) * Maps;
                var place = Lanes.LoadBytes(winner);
                var value = Vector512.Load(gradient) * factor;
                for (var number = 0; number < 4; number++)
                {
                    var here = at + ((((number >> 1) * Out) + (number & 1)) * Maps);
                    var normalized = Vector512.FusedMultiplyAdd(Vector512.Load(z + here), slope, offset);
                    (Lanes.At(value, place, number) + normalized).Store(output + here);
                }
            }
    }

    /// <summary>Adds the weight gradient of 16 maps for one channel if every value has a gradient.</summary>
    /// <param name="x">One channel of the input, 14 × 14.</param>
    /// <param name="gradient">10 × 10 × 16.</param>
    /// <param name="sums">5 × 5 × 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDenseGradient(float* x, float* gradient, float* sums)
    {
        for (var row = 0; row < Kernel; row++, sums += Kernel * Maps)
        {
            Vector512<float> s0 = Vector512.Load(sums), s1 = Vector512.Load(sums + 16), s2 = Vector512.Load(sums + 32);
            Vector512<float> s3 = Vector512.Load(sums + 48), s4 = Vector512.Load(sums + 64);
            Vector512<float> t0 = default, t1 = default, t2 = default, t3 = default, t4 = default;
            for (var y = 0; y < Out; y++)
            {
                var line = x + ((y + row) * Side);
                var values = gradient + (y * Out * Maps);
                for (var place = 0; place < Out; place += 2, line += 2, values += 2 * Maps)
                {
                    var value = Vector512.Load(values);
                    var value2 = Vector512.Load(values + Maps);
                    s0 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[0]), s0);
                    s1 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[1]), s1);
                    s2 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[2]), s2);
                    s3 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[3]), s3);
                    s4 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[4]), s4);
                    t0 = Vector512.FusedMultiplyAdd(value2, Vector512.Create(line[1]), t0);
                    t1 = Vector512.FusedMultiplyAdd(value2, Vector512.Create(line[2]), t1);
                    t2 = Vector512.FusedMultiplyAdd(value2, Vector512.Create(line[3]), t2);
                    t3 = Vector512.FusedMultiplyAdd(value2, Vector512.Create(line[4]), t3);
                    t4 = Vector512.FusedMultiplyAdd(value2, Vector512.Create(line[5]), t4);
                }
            }
            (s0 + t0).Store(sums);
            (s1 + t1).Store(sums + 16);
            (s2 + t2).Store(sums + 32);
            (s3 + t3).Store(sums + 48);
            (s4 + t4).Store(sums + 64);
        }
    }

    /// <summary>Adds one place's share of the input's gradient: the sum of the kernels of the maps with a gradient there.</summary>
    /// <param name="maps">Numbers of the maps that have a gradient at this place.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="count">Number of those maps.</param>
    /// <param name="kernels">maps × 6 channels × 5 × 8: rows of the kernels, zero beyond the fifth value.</param>
    /// <param name="output">6 channels × 14 × 24, at the place's top left.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddInputGradient(int* maps, float* gradients, int count, float* kernels, float* output)
    {
        const int Size = 6 * Kernel * 8;
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        Vector512<float> i = default, j = default, k = default, l = default, m = default, n = default, o = default;
        for (var number = 0; number < count; number++)
        {
            var kernel = kernels + (maps[number] * Size);
            var value = Vector512.Create(gradients[number]);
            a = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel), a);
            b = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 16), b);
            c = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 32), c);
            d = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 48), d);
            e = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 64), e);
            f = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 80), f);
            g = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 96), g);
            h = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 112), h);
            i = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 128), i);
            j = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 144), j);
            k = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 160), k);
            l = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 176), l);
            m = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 192), m);
            n = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 208), n);
            o = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 224), o);
        }
        Lay(output, 0, a);
        Lay(output, 2, b);
        Lay(output, 4, c);
        Lay(output, 6, d);
        Lay(output, 8, e);
        Lay(output, 10, f);
        Lay(output, 12, g);
        Lay(output, 14, h);
        Lay(output, 16, i);
        Lay(output, 18, j);
        Lay(output, 20, k);
        Lay(output, 22, l);
        Lay(output, 24, m);
        Lay(output, 26, n);
        Lay(output, 28, o);
    }

    /// <summary>Adds two rows of kernels, numbers <paramref name="row"/> and the next of 6 channels × 5.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lay(float* output, int row, Vector512<float> rows)
    {
        var first = output + ((((row / Kernel) * Side) + (row % Kernel)) * PaddedSide);
        var second = output + (((((row + 1) / Kernel) * Side) + ((row + 1) % Kernel)) * PaddedSide);
        (Vector256.Load(first) + rows.GetLower()).Store(first);
        (Vector256.Load(second) + rows.GetUpper()).Store(second);
    }
}
