using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Kernels;

/// <summary>
/// C1's arithmetic: 5×5 convolution of a 32 pixels wide image into few maps of 28 columns. A vector holds 16 columns of a row; the two
/// vectors of a row overlap by 4 columns. One image and 6 maps per call.
/// </summary>
internal static unsafe class RowLanes
{
    public const int Side = 32;
    public const int Out = 28;
    public const int Pooled = 14;
    public const int Maps = 6;
    private const int Kernel = 5;
    private const int Second = Out - 16;
    private const int Plane = Side * Side;

    /// <summary>One output row of 6 maps.</summary>
    /// <param name="x">Input at the row's top left, channels × 32 × 32.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="weights">channels × 5 × 5 × 6 maps.</param>
    /// <param name="bias">6 values.</param>
    /// <param name="output">28 values of the first map.</param>
    /// <param name="stride">Values from one map to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolve(float* x, int channels, float* weights, float* bias, float* output, int stride)
    {
        for (var first = 0; first <= Second; first += Lanes.AreWide ? Out : Second)
        {
            var weight = weights;
            Vector512<float> a = Vector512.Create(bias[0]), b = Vector512.Create(bias[1]), c = Vector512.Create(bias[2]);
            Vector512<float> d = Vector512.Create(bias[3]), e = Vector512.Create(bias[4]), f = Vector512.Create(bias[5]);
            Vector512<float> a2 = a, b2 = b, c2 = c, d2 = d, e2 = e, f2 = f;
            for (var channel = 0; channel < channels; channel++)
                for (var row = 0; row < Kernel; row++)
                {
                    var line = x + (channel * Plane) + (row * Side) + first;
                    for (var column = 0; column < Kernel; column++, weight += Maps)
                    {
                        var left = Vector512.Load(line + column);
                        var right = Lanes.AreWide ? Vector512.Load(line + column + Second) : default;
                        Lanes.MultiplyAdd(weight[0], left, right, ref a, ref a2);
                        Lanes.MultiplyAdd(weight[1], left, right, ref b, ref b2);
                        Lanes.MultiplyAdd(weight[2], left, right, ref c, ref c2);
                        Lanes.MultiplyAdd(weight[3], left, right, ref d, ref d2);
                        Lanes.MultiplyAdd(weight[4], left, right, ref e, ref e2);
                        Lanes.MultiplyAdd(weight[5], left, right, ref f, ref f2);
                    }
                }
            var to = output + first;
            Store(to, stride, a, b, c, d, e, f);
            if (Lanes.AreWide)
                Store(to + Second, stride, a2, b2, c2, d2, e2, f2);
        }
    }

    /// <summary>Sum and sum of squares of a map, 28 × 28 values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Sum, float Squares) Sums(float* map)
    {
        Vector512<float> sum = default, sum2 = default, squares = default, squares2 = default;
        // 784 values are 49 vectors, whatever the rows.
        for (var at = 0; at < (Out * Out) - 16; at += 32)
        {
            var (first, second) = (Vector512.Load(map + at), Vector512.Load(map + at + 16));
            sum += first;
            sum2 += second;
            squares = Vector512.FusedMultiplyAdd(first, first, squares);
            squares2 = Vector512.FusedMultiplyAdd(second, second, squares2);
        }
        var last = Vector512.Load(map + (Out * Out) - 16);
        return (Vector512.Sum(sum + sum2 + last), Vector512.Sum(squares + Vector512.FusedMultiplyAdd(last, last, squares2)));
    }

    /// <summary>Scale, shift, ReLU and 2×2 maximum of two rows.</summary>
    /// <param name="upper">First of the two rows of 28 values, with 4 readable beyond.</param>
    /// <param name="scale">Factor.</param>
    /// <param name="shift">Summand.</param>
    /// <param name="floor">Least value: 0 with ReLU, −∞ without.</param>
    /// <param name="output">14 values; 2 beyond are overwritten.</param>
    /// <param name="winner">
    /// 14 places of the maxima in their windows, 0 1 / 2 3, or 4 for a maximum not above the floor. 2 beyond are overwritten.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pool(float* upper, float scale, float shift, float floor, float* output, byte* winner)
    {
        Vector512<float> factor = Vector512.Create(scale), summand = Vector512.Create(shift);
        var (left, right) = (Vector512.Load(upper), Vector512.Load(upper + 16));
        var (left2, right2) = (Vector512.Load(upper + Out), Vector512.Load(upper + Out + 16));
        var p0 = Vector512.FusedMultiplyAdd(Lanes.Even(left, right), factor, summand);
        var p1 = Vector512.FusedMultiplyAdd(Lanes.Odd(left, right), factor, summand);
        var p2 = Vector512.FusedMultiplyAdd(Lanes.Even(left2, right2), factor, summand);
        var p3 = Vector512.FusedMultiplyAdd(Lanes.Odd(left2, right2), factor, summand);
        var (value, index) = Lanes.Maximum(p0, p1, p2, p3, Vector512.Create(floor));
        value.Store(output);
        Lanes.StoreBytes(index, winner);
    }

    /// <summary>Lists the pooled values of one map that have a gradient: ReLU made the others zero.</summary>
    /// <param name="gradient">14 × 14.</param>
    /// <param name="winner">14 × 14.</param>
    /// <param name="places">Offsets of the maxima in the input plane, at most 196.</param>
    /// <param name="values">Their gradients, likewise.</param>
    /// <returns>Length of the list.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int List(float* gradient, byte* winner, int* places, float* values)
    {
        var count = 0;
        for (var row = 0; row < Pooled; row++)
            for (var column = 0; column < Pooled; column++, gradient++, winner++)
            {
                var place = *winner;
                places[count] = (((2 * row) + ((place >> 1) & 1)) * Side) + (2 * column) + (place & 1);
                values[count] = *gradient;
                // Without a branch, which would be guessed wrong every other time.
                count += 1 - (place >> 2);
            }
        return count;
    }

    /// <summary>Sum of the gradients of one map, and of their products with the value before batch norm that was the maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Sum, float Product) GradientSums(float* gradient, byte* winner, float* z)
    {
        Vector512<float> sum = default, product = default;
        var inside = Vector512.LessThan(Vector512.CreateSequence(0, 1), Vector512.Create(Pooled)).AsSingle();
        for (var row = 0; row < Pooled; row++, gradient += Pooled, winner += Pooled, z += 2 * Out)
        {
            var place = Lanes.LoadBytes(winner);
            var value = Vector512.Load(gradient) & inside & Vector512.LessThan(place, Vector512.Create(4)).AsSingle();
            var (left, right) = (Vector512.Load(z), Vector512.Load(z + 16));
            var (left2, right2) = (Vector512.Load(z + Out), Vector512.Load(z + Out + 16));
            var chosen = Lanes.At(Lanes.Even(left, right), place, 0) | Lanes.At(Lanes.Odd(left, right), place, 1)
                | Lanes.At(Lanes.Even(left2, right2), place, 2) | Lanes.At(Lanes.Odd(left2, right2), place, 3);
            sum += value;
            product = Vector512.FusedMultiplyAdd(value, chosen & inside, product);
        }
        return (Vector512.Sum(sum), Vector512.Sum(product));
    }

    /// <summary>Gradient before batch norm: factor·(gradient at the maxima) + slope·z + offset, for one map.</summary>
    /// <param name="gradient">14 × 14.</param>
    /// <param name="winner">14 × 14.</param>
    /// <param name="z">28 × 28.</param>
    /// <param name="coefficients">factor, slope, offset.</param>
    /// <param name="output">28 × 32; the last four columns become zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(
        float* gradient, byte* winner, float* z, (float Factor, float Slope, float Offset) coefficients, float* output)
    {
        var factor = Vector512.Create(coefficients.Factor);
        var slope = Vector512.Create(coefficients.Slope);
        var offset = Vector512.Create(coefficients.Offset);
        var inside = Vector512.LessThan(Vector512.CreateSequence(0, 1), Vector512.Create(Out - 16)).AsSingle();
        for (var row = 0; row < Pooled; row++, gradient += Pooled, winner += Pooled, z += 2 * Out, output += 2 * Side)
        {
            var value = Vector512.Load(gradient) * factor;
            var place = Lanes.LoadBytes(winner);
            var (p0, p1) = (Lanes.At(value, place, 0), Lanes.At(value, place, 1));
            var (p2, p3) = (Lanes.At(value, place, 2), Lanes.At(value, place, 3));
            (Lanes.LowPairs(p0, p1) + Vector512.FusedMultiplyAdd(Vector512.Load(z), slope, offset)).Store(output);
            (inside & (Lanes.HighPairs(p0, p1) + Vector512.FusedMultiplyAdd(Vector512.Load(z + 16), slope, offset))).Store(output + 16);
            (Lanes.LowPairs(p2, p3) + Vector512.FusedMultiplyAdd(Vector512.Load(z + Out), slope, offset)).Store(output + Side);
            (inside & (Lanes.HighPairs(p2, p3) + Vector512.FusedMultiplyAdd(Vector512.Load(z + Out + 16), slope, offset)))
                .Store(output + Side + 16);
        }
    }

    /// <summary>Adds the weight gradient of three maps for one channel and one row of the kernel if every value has a gradient.</summary>
    /// <param name="x">One channel of the image at the kernel row, with 4 readable beyond the image.</param>
    /// <param name="gradient">3 maps × 28 × 32.</param>
    /// <param name="sums">3 maps × 5 columns × 16 partial sums; maps are <paramref name="stride"/> apart.</param>
    /// <param name="stride">Values from one map's sums to the next's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDenseGradient(float* x, float* gradient, float* sums, int stride)
    {
        const int Map = Out * Side;
        for (var map = 0; map < 3; map += Lanes.AreWide ? 3 : 1, gradient += Map, sums += stride)
        {
            Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
            Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
            Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default;
            for (var at = 0; at < Map; at += 16)
            {
                var a = Vector512.Load(gradient + at);
                var b = Lanes.AreWide ? Vector512.Load(gradient + at + Map) : default;
                var c = Lanes.AreWide ? Vector512.Load(gradient + at + (2 * Map)) : default;
                MultiplyAdd(x + at, a, b, c, ref a0, ref b0, ref c0);
                MultiplyAdd(x + at + 1, a, b, c, ref a1, ref b1, ref c1);
                MultiplyAdd(x + at + 2, a, b, c, ref a2, ref b2, ref c2);
                MultiplyAdd(x + at + 3, a, b, c, ref a3, ref b3, ref c3);
                MultiplyAdd(x + at + 4, a, b, c, ref a4, ref b4, ref c4);
            }
            Lanes.Add(sums, a0, a1, a2, a3, a4);
            if (!Lanes.AreWide)
                continue;
            Lanes.Add(sums + stride, b0, b1, b2, b3, b4);
            Lanes.Add(sums + (2 * stride), c0, c1, c2, c3, c4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(
        float* x, Vector512<float> a, Vector512<float> b, Vector512<float> c, ref Vector512<float> sum, ref Vector512<float> sum2,
        ref Vector512<float> sum3)
    {
        var value = Vector512.Load(x);
        sum = Vector512.FusedMultiplyAdd(a, value, sum);
        sum2 = Lanes.WideMultiplyAdd(b, value, sum2);
        sum3 = Lanes.WideMultiplyAdd(c, value, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        float* output, int stride, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, Vector512<float> e,
        Vector512<float> f)
    {
        a.Store(output);
        b.Store(output + stride);
        c.Store(output + (2 * stride));
        d.Store(output + (3 * stride));
        e.Store(output + (4 * stride));
        f.Store(output + (5 * stride));
    }
}
