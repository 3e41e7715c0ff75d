using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeNetServe.Trainer.Computing;

/// <summary>
/// Operations on 16 values that <see cref="Vector512"/> lacks: one instruction each with AVX-512, two or three on both halves with AVX2.
/// The results are the same.
/// </summary>
internal static unsafe class Lanes
{
    private static readonly Vector512<int> EvenPlaces = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    private static readonly Vector512<int> OddPlaces = Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    private static readonly Vector512<int> LowerPairs = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    private static readonly Vector512<int> UpperPairs = Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);

    /// <summary>True if the processor has the instructions that the kernels need.</summary>
    public static bool AreSupported => Avx512F.IsSupported || (Avx2.IsSupported && Fma.IsSupported);

    /// <summary>
    /// Gets whether 32 registers hold 16 values each. AVX2 has 16 registers of 8 values: a kernel then takes a part of its sums at a time,
    /// because all of them would go through memory. The order of each sum is the same.
    /// </summary>
    public static bool AreWide => Avx512F.IsSupported;

    /// <summary>The larger of each two values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> left, Vector512<float> right) => Avx512F.IsSupported
        ? Avx512F.Max(left, right)
        : Vector512.Create(Avx.Max(left.GetLower(), right.GetLower()), Avx.Max(left.GetUpper(), right.GetUpper()));

    /// <summary>A fused product and sum if <see cref="AreWide"/>, otherwise the sum alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> WideMultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> sum) =>
        AreWide ? Vector512.FusedMultiplyAdd(left, right, sum) : sum;

    /// <summary>Adds a factor's products with two vectors to two sums, or to the first alone if not <see cref="AreWide"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(
        float factor, Vector512<float> first, Vector512<float> second, ref Vector512<float> sum, ref Vector512<float> secondSum)
    {
        var factors = Vector512.Create(factor);
        sum = Vector512.FusedMultiplyAdd(factors, first, sum);
        secondSum = WideMultiplyAdd(factors, second, secondSum);
    }

    /// <summary>Stores five vectors one after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        float* target, Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, Vector512<float> v4)
    {
        v0.Store(target);
        v1.Store(target + 16);
        v2.Store(target + 32);
        v3.Store(target + 48);
        v4.Store(target + 64);
    }

    /// <summary>Adds five vectors to sums in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        float* sums, Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, Vector512<float> v4) => Store(
        sums, Vector512.Load(sums) + v0, Vector512.Load(sums + 16) + v1, Vector512.Load(sums + 32) + v2, Vector512.Load(sums + 48) + v3,
        Vector512.Load(sums + 64) + v4);

    /// <summary>16 bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadBytes(byte* values) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(Vector128.Load(values))
        : Vector512.Create(Avx2.ConvertToVector256Int32(values), Avx2.ConvertToVector256Int32(values + 8));

    /// <summary>16 integers, 0..127, as bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector512<int> values, byte* target)
    {
        if (Avx512F.IsSupported)
            Avx512F.ConvertToVector128Byte(values).Store(target);
        else
            Vector128.Narrow(
                Vector128.Narrow(values.GetLower().GetLower(), values.GetLower().GetUpper()),
                Vector128.Narrow(values.GetUpper().GetLower(), values.GetUpper().GetUpper())).AsByte().Store(target);
    }

    /// <summary>The values at even places of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Even(Vector512<float> first, Vector512<float> second) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(first, EvenPlaces, second)
        : Vector512.Create(
            InOrder(Avx.Shuffle(first.GetLower(), first.GetUpper(), 0x88)),
            InOrder(Avx.Shuffle(second.GetLower(), second.GetUpper(), 0x88)));

    /// <summary>The values at odd places of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Odd(Vector512<float> first, Vector512<float> second) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(first, OddPlaces, second)
        : Vector512.Create(
            InOrder(Avx.Shuffle(first.GetLower(), first.GetUpper(), 0xDD)),
            InOrder(Avx.Shuffle(second.GetLower(), second.GetUpper(), 0xDD)));

    /// <summary>Pairs of the first 8 values of each: left, right, left, right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LowPairs(Vector512<float> left, Vector512<float> right) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(left, LowerPairs, right)
        : Pairs(left.GetLower(), right.GetLower());

    /// <summary>Pairs of the last 8 values of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> HighPairs(Vector512<float> left, Vector512<float> right) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(left, UpperPairs, right)
        : Pairs(left.GetUpper(), right.GetUpper());

    /// <summary>The values at the places that hold a number, zero elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> At(Vector512<float> value, Vector512<int> place, int wanted) =>
        Vector512.Equals(place, Vector512.Create(wanted)).AsSingle() & value;

    /// <summary>The largest of four and the floor, and its number; 4: the floor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<int> Index) Maximum(
        Vector512<float> p0, Vector512<float> p1, Vector512<float> p2, Vector512<float> p3, Vector512<float> floor)
    {
        var (first, second) = (Max(p0, p1), Max(p2, p3));
        var largest = Max(first, second);
        var inFirst = Vector512.ConditionalSelect(Vector512.GreaterThan(p1, p0).AsInt32(), Vector512<int>.One, Vector512<int>.Zero);
        var inSecond = Vector512.ConditionalSelect(Vector512.GreaterThan(p3, p2).AsInt32(), Vector512.Create(3), Vector512.Create(2));
        var index = Vector512.ConditionalSelect(Vector512.GreaterThan(second, first).AsInt32(), inSecond, inFirst);
        index = Vector512.ConditionalSelect(Vector512.GreaterThan(largest, floor).AsInt32(), index, Vector512.Create(4));
        return (Max(largest, floor), index);
    }

    /// <summary>Adds the weight gradient of one map and channel if only the maxima have a gradient.</summary>
    /// <param name="x">One channel of the input, and 8 values readable beyond.</param>
    /// <param name="side">Side of the input.</param>
    /// <param name="places">Offsets of the maxima in the channel.</param>
    /// <param name="values">Their gradients.</param>
    /// <param name="count">Number of the maxima.</param>
    /// <param name="sums">5 × 8: rows of the kernel, of whose 8 values the first 5 count.</param>
    /// <returns>Sum of the gradients.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float AddSparseGradient(float* x, int side, int* places, float* values, int count, float* sums)
    {
        Vector256<float> s0 = Vector256.Load(sums), s1 = Vector256.Load(sums + 8), s2 = Vector256.Load(sums + 16);
        Vector256<float> s3 = Vector256.Load(sums + 24), s4 = Vector256.Load(sums + 32), total = default;
        for (var number = 0; number < count; number++)
        {
            var at = x + places[number];
            var value = Vector256.Create(values[number]);
            s0 = Vector256.FusedMultiplyAdd(value, Vector256.Load(at), s0);
            s1 = Vector256.FusedMultiplyAdd(value, Vector256.Load(at + side), s1);
            s2 = Vector256.FusedMultiplyAdd(value, Vector256.Load(at + (2 * side)), s2);
            s3 = Vector256.FusedMultiplyAdd(value, Vector256.Load(at + (3 * side)), s3);
            s4 = Vector256.FusedMultiplyAdd(value, Vector256.Load(at + (4 * side)), s4);
            total += value;
        }
        s0.Store(sums);
        s1.Store(sums + 8);
        s2.Store(sums + 16);
        s3.Store(sums + 24);
        s4.Store(sums + 32);
        return total.ToScalar();
    }

    // AVX2 shuffles within each half: its result has the quarters 0 2 1 3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> InOrder(Vector256<float> shuffled) => Avx2.Permute4x64(shuffled.AsDouble(), 0b11_01_10_00).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pairs(Vector256<float> left, Vector256<float> right)
    {
        var (low, high) = (Avx.UnpackLow(left, right), Avx.UnpackHigh(left, right));
        return Vector512.Create(Avx.Permute2x128(low, high, 0x20), Avx.Permute2x128(low, high, 0x31));
    }
}
