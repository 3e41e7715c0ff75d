using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LeNetServe.Trainer.Computing;

/// <summary>A product of matrices, by tiles whose sums stay in registers: 8×32, or 6×16 with AVX2 alone.</summary>
internal static unsafe class MatrixLanes
{
    /// <summary>Gets the number of rows of a tile.</summary>
    public static int Rows => Lanes.AreWide ? 8 : 6;

    /// <summary>Gets the number of columns of a tile.</summary>
    public static int Columns => Lanes.AreWide ? 32 : 16;

    /// <summary>Gets the side of the smallest square of whole tiles.</summary>
    public static int Square => Lanes.AreWide ? 32 : 48;

    /// <summary>
    /// Values from one row of a matrix to the next: whole tiles, and an odd number of cache lines. The rows of a tile would otherwise share
    /// a few sets of the cache, and products take twice as long.
    /// </summary>
    public static int Stride(int columns) => ((columns + 31) / 32 * 32) + 16;

    /// <summary>
    /// a·b. Whole tiles are read and written, from the right to the left: values beyond a row's end are written before the next row's.
    /// Each memory needs room for seven rows and 31 values more.
    /// </summary>
    /// <param name="rows">Rows of a.</param>
    /// <param name="columns">Columns of b.</param>
    /// <param name="depth">Columns of a, rows of b.</param>
    /// <param name="a">Left matrix.</param>
    /// <param name="down">Values from one row of a to the next.</param>
    /// <param name="right">Values from one column of a to the next.</param>
    /// <param name="b">Right matrix.</param>
    /// <param name="bStride">Values from one row of b to the next.</param>
    /// <param name="output">rows × columns.</param>
    /// <param name="stride">Values from one row of the output to the next.</param>
    /// <param name="add">Go on with the sums of the output.</param>
    public static void Multiply(
        int rows, int columns, int depth, float* a, int down, int right, float* b, int bStride, float* output, int stride, bool add = false)
    {
        for (var column = (columns - 1) / Columns * Columns; column >= 0; column -= Columns)
            for (var row = 0; row < rows; row += Rows)
                Tile(depth, a + (row * down), down, right, b + column, bStride, output + (row * stride) + column, stride, add);
    }

    /// <summary>A tile of a·b, each value one chain of fused products from the first to the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(int depth, float* a, int down, int right, float* b, int bStride, float* output, int stride, bool add)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        Vector512<float> t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default, t6 = default, t7 = default;
        if (add)
        {
            (s0, t0) = Load(output + (0 * stride));
            (s1, t1) = Load(output + (1 * stride));
            (s2, t2) = Load(output + (2 * stride));
            (s3, t3) = Load(output + (3 * stride));
            (s4, t4) = Load(output + (4 * stride));
            (s5, t5) = Load(output + (5 * stride));
            if (Lanes.AreWide)
            {
                (s6, t6) = Load(output + (6 * stride));
                (s7, t7) = Load(output + (7 * stride));
            }
        }
        var a4 = a + (4 * down);
        for (var step = 0; step < depth; step++, a += right, a4 += right, b += bStride)
        {
            var (first, second) = Load(b);
            Lanes.MultiplyAdd(a[0], first, second, ref s0, ref t0);
            Lanes.MultiplyAdd(a[down], first, second, ref s1, ref t1);
            Lanes.MultiplyAdd(a[2 * down], first, second, ref s2, ref t2);
            Lanes.MultiplyAdd(a[3 * down], first, second, ref s3, ref t3);
            Lanes.MultiplyAdd(a4[0], first, second, ref s4, ref t4);
            Lanes.MultiplyAdd(a4[down], first, second, ref s5, ref t5);
            if (!Lanes.AreWide)
                continue;
            Lanes.MultiplyAdd(a4[2 * down], first, second, ref s6, ref t6);
            Lanes.MultiplyAdd(a4[3 * down], first, second, ref s7, ref t7);
        }
        Store(output + (0 * stride), s0, t0);
        Store(output + (1 * stride), s1, t1);
        Store(output + (2 * stride), s2, t2);
        Store(output + (3 * stride), s3, t3);
        Store(output + (4 * stride), s4, t4);
        Store(output + (5 * stride), s5, t5);
        if (!Lanes.AreWide)
            return;
        Store(output + (6 * stride), s6, t6);
        Store(output + (7 * stride), s7, t7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> First, Vector512<float> Second) Load(float* values) =>
        (Vector512.Load(values), Lanes.AreWide ? Vector512.Load(values + 16) : default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* output, Vector512<float> first, Vector512<float> second)
    {
        first.Store(output);
        if (Lanes.AreWide)
            second.Store(output + 16);
    }
}
