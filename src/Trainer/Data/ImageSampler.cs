using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Data;

/// <summary>
/// Samples an image at the points of a distorted grid, sixteen at a time. Torch's affine_grid and grid_sample (align_corners false) give
/// the same in several passes over a batch.
/// </summary>
/// <param name="side">Width and height of the images, in pixels; a multiple of 16.</param>
/// <param name="nearest">Take the nearest pixel instead of interpolating between four.</param>
/// <param name="reflect">Mirror the image at its borders; otherwise pixels outside are 0.</param>
/// <param name="smoothing">points×side shares of the noise of a row of control points in the displacements of a row of pixels.</param>
internal sealed unsafe class ImageSampler(int side, bool nearest, bool reflect, float[] smoothing)
{
    private const int Width = 16;

    // Pixels outside that have an entry on each side: one beside a pixel, and one for all further away.
    private const int Margin = 2;
    private readonly int points = smoothing.Length / side;
    private readonly int stride = side + Width;

    /// <summary>Gets whether the processor has the instructions that the sampler uses.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Samples all channels of an image.</summary>
    /// <param name="image">C×side×side.</param>
    /// <param name="channels">C.</param>
    /// <param name="matrix">2×3 from a target point to its source point, in pixels from the center: x, y, 1 to x; x, y, 1 to y.</param>
    /// <param name="noise">2×points×points displacements of the control points, x then y, in pixels, and a vector of slack.</param>
    /// <param name="output">C×side×side.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sample(byte* image, int channels, ReadOnlySpan<float> matrix, float* noise, float* output)
    {
        var center = (side - 1) / 2f;
        var steps = Vector512.CreateSequence(0f, 1f);
        var size = (side + (2 * Margin)) * stride;
        var quads = stackalloc int[channels * size];
        for (var channel = 0; channel < channels; channel++)
            Join(image + (channel * side * side), quads + (channel * size));
        var mixed = stackalloc float[2 * (points + Width)];
        for (var row = 0; row < side; row++)
        {
            var down = row - center;
            var startX = Vector512.Create((matrix[1] * down) + matrix[2] + center);
            var startY = Vector512.Create((matrix[4] * down) + matrix[5] + center);
            Mix(noise, row, mixed);
            Mix(noise + (points * points), row, mixed + points + Width);
            for (var column = 0; column < side; column += Width)
            {
                var right = steps + Vector512.Create(column - center);
                var x = Vector512.FusedMultiplyAdd(right, Vector512.Create(matrix[0]), startX);
                var y = Vector512.FusedMultiplyAdd(right, Vector512.Create(matrix[3]), startY);
                if (points > 0)
                    (x, y) = (x + Bend(mixed, column), y + Bend(mixed + points + Width, column));
                if (reflect)
                    (x, y) = (Reflect(x), Reflect(y));
                var (left, top) = nearest ? (Vector512.Round(x), Vector512.Round(y)) : (Vector512.Floor(x), Vector512.Floor(y));
                var index = (Entry(top) * stride) + Entry(left);
                for (var channel = 0; channel < channels; channel++)
                {
                    var from = quads + (channel * size);
                    var lower = Avx2.GatherVector256(from, index.GetLower(), sizeof(int));
                    var quad = Vector512.Create(lower, Avx2.GatherVector256(from, index.GetUpper(), sizeof(int)));
                    (nearest ? Pixel(quad) : Bilinear(quad, x - left, y - top)).Store(output + (((channel * side) + row) * side) + column);
                }
            }
        }
    }

    /// <summary>
    /// Puts each pixel and its right, lower, and lower right neighbor into an entry: one gather, the slowest instruction, fetches all four.
    /// </summary>
    private void Join(byte* image, int* quads)
    {
        var padded = stackalloc byte[((side + (2 * Margin)) * 2 * stride)];
        for (var row = 0; row < side; row++)
            new ReadOnlySpan<byte>(image + (row * side), side).CopyTo(new(padded + ((row + Margin) * 2 * stride) + Margin, side));
        for (var row = 0; row < side + (2 * Margin) - 1; row++)
            for (var column = 0; column < stride; column += Width)
            {
                var upper = padded + (row * 2 * stride) + column;
                var lower = upper + (2 * stride);
                (Lanes.LoadBytes(upper) | (Lanes.LoadBytes(upper + 1) << 8)
                    | (Lanes.LoadBytes(lower) << 16) | (Lanes.LoadBytes(lower + 1) << 24)).Store(quads + (row * stride) + column);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Bilinear(Vector512<int> quad, Vector512<float> toRight, Vector512<float> toBottom)
    {
        var (toLeft, toTop) = (Vector512<float>.One - toRight, Vector512<float>.One - toBottom);
        var value = Pixel(quad) * (toLeft * toTop);
        value = Vector512.FusedMultiplyAdd(Pixel(quad >>> 8), toRight * toTop, value);
        value = Vector512.FusedMultiplyAdd(Pixel(quad >>> 16), toLeft * toBottom, value);
        return Vector512.FusedMultiplyAdd(Pixel(quad >>> 24), toRight * toBottom, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pixel(Vector512<int> quad) => Vector512.ConvertToSingle(quad & Vector512.Create(255));

    /// <summary>Gets the row or column of entries of a whole coordinate; all outside is alike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<int> Entry(Vector512<float> coordinate) =>
        Vector512.Min(Vector512.Max(Vector512.ConvertToInt32Native(coordinate), Vector512.Create(-Margin)), Vector512.Create(side))
            + Vector512.Create(Margin);

    /// <summary>Mixes the rows of control points into the noise of a row of pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Mix(float* noise, int row, float* mixed)
    {
        for (var point = 0; point < points; point += Width)
        {
            var sum = Vector512<float>.Zero;
            for (var from = 0; from < points; from++)
                sum = Vector512.FusedMultiplyAdd(
                    Vector512.Create(smoothing[(from * side) + row]), Vector512.Load(noise + (from * points) + point), sum);
            sum.Store(mixed + point);
        }
    }

    /// <summary>Gets the displacements of sixteen pixels of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Bend(float* mixed, int column)
    {
        var sum = Vector512<float>.Zero;
        for (var point = 0; point < points; point++)
            sum = Vector512.FusedMultiplyAdd(
                Vector512.Create(mixed[point]), Vector512.Create<float>(smoothing.AsSpan((point * side) + column, Width)), sum);
        return sum;
    }

    /// <summary>Mirrors a coordinate at −½ and side − ½ until it is inside, then keeps it between the border pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Reflect(Vector512<float> coordinate)
    {
        var span = Vector512.Create((float)side);
        var distance = Vector512.Abs(coordinate + Vector512.Create(0.5f));
        var times = Vector512.Floor(distance / span);
        var rest = distance - (times * span);
        var isOdd = Vector512.Equals(Vector512.ConvertToInt32(times) & Vector512<int>.One, Vector512<int>.One).AsSingle();
        var mirrored = Vector512.ConditionalSelect(isOdd, span - rest, rest) - Vector512.Create(0.5f);
        return Vector512.Min(Vector512.Max(mirrored, Vector512<float>.Zero), Vector512.Create(side - 1f));
    }
}
