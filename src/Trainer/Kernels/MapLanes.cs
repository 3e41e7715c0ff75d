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
        for (var first = 0; first < Out; first += Lanes.AreWide ? Out : Out / 2)
        {
            var weight = weights;
            Vector512<float> a = Vector512.Load(bias), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a;
            for (var channel = 0; channel < channels; channel++)
                for (var row = 0; row < Kernel; row++)
                {
                    var line = x + (channel * Plane) + (row * Side) + first;
                    for (var column = 0; column < Kernel; column++, weight += Maps)
                    {
                        var factor = Vector512.Load(weight);
                        var at = line + column;
                        a = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[0]), a);
                        b = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[1]), b);
                        c = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[2]), c);
                        d = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[3]), d);
                        e = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[4]), e);
                        if (!Lanes.AreWide)
                            continue;
                        f = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[5]), f);
                        g = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[6]), g);
                        h = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[7]), h);
                        i = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[8]), i);
                        j = Vector512.FusedMultiplyAdd(factor, Vector512.Create(at[9]), j);
                    }
                }
            var to = output + (first * Maps);
            Lanes.Store(to, a, b, c, d, e);
            if (Lanes.AreWide)
                Lanes.Store(to + (5 * Maps), f, g, h, i, j);
        }
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
            for (var first = 0; first < 2; first += Lanes.AreWide ? 2 : 1)
            {
                Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default;
                Vector512<float> t0 = default, t1 = default, t2 = default, t3 = default, t4 = default;
                if (first == 0)
                {
                    (s0, s1, s2) = (Vector512.Load(sums), Vector512.Load(sums + 16), Vector512.Load(sums + 32));
                    (s3, s4) = (Vector512.Load(sums + 48), Vector512.Load(sums + 64));
                }
                for (var y = 0; y < Out; y++)
                {
                    var line = x + ((y + row) * Side) + first;
                    var values = gradient + (((y * Out) + first) * Maps);
                    for (var place = 0; place < Out; place += 2, line += 2, values += 2 * Maps)
                    {
                        var value = Vector512.Load(values);
                        s0 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[0]), s0);
                        s1 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[1]), s1);
                        s2 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[2]), s2);
                        s3 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[3]), s3);
                        s4 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[4]), s4);
                        if (!Lanes.AreWide)
                            continue;
                        value = Vector512.Load(values + Maps);
                        t0 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[1]), t0);
                        t1 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[2]), t1);
                        t2 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[3]), t2);
                        t3 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[4]), t3);
                        t4 = Vector512.FusedMultiplyAdd(value, Vector512.Create(line[5]), t4);
                    }
                }
                if (first == 0)
                    Lanes.Store(sums, s0, s1, s2, s3, s4);
                else
                    Lanes.Add(sums, s0, s1, s2, s3, s4);
                if (Lanes.AreWide)
                    Lanes.Add(sums, t0, t1, t2, t3, t4);
            }
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
        for (var first = 0; first < 6; first += Lanes.AreWide ? 6 : 2)
        {
            Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
            Vector512<float> i = default, j = default, k = default, l = default, m = default, n = default, o = default;
            for (var number = 0; number < count; number++)
            {
                var kernel = kernels + (((maps[number] * 6) + first) * Kernel * 8);
                var value = Vector512.Create(gradients[number]);
                a = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel), a);
                b = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 16), b);
                c = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 32), c);
                d = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 48), d);
                e = Vector512.FusedMultiplyAdd(value, Vector512.Load(kernel + 64), e);
                if (!Lanes.AreWide)
                    continue;
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
            var to = output + (first * Side * PaddedSide);
            Lay(to, a, b, c, d, e);
            if (!Lanes.AreWide)
                continue;
            Lay(to + (2 * Side * PaddedSide), f, g, h, i, j);
            Lay(to + (4 * Side * PaddedSide), k, l, m, n, o);
        }
    }

    /// <summary>Adds the kernels' rows of two channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lay(
        float* output, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, Vector512<float> e)
    {
        var second = output + (Side * PaddedSide);
        Add(output, a.GetLower());
        Add(output + PaddedSide, a.GetUpper());
        Add(output + (2 * PaddedSide), b.GetLower());
        Add(output + (3 * PaddedSide), b.GetUpper());
        Add(output + (4 * PaddedSide), c.GetLower());
        Add(second, c.GetUpper());
        Add(second + PaddedSide, d.GetLower());
        Add(second + (2 * PaddedSide), d.GetUpper());
        Add(second + (3 * PaddedSide), e.GetLower());
        Add(second + (4 * PaddedSide), e.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* sums, Vector256<float> values) => (Vector256.Load(sums) + values).Store(sums);
}
