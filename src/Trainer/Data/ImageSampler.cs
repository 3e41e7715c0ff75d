using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeNetServe.Trainer.Data;

/// <summary>
/// Samples an image at the points of a distorted grid, eight at a time. Torch's affine_grid and grid_sample (align_corners false) give
/// the same in several passes over a batch.
/// </summary>
/// <param name="side">Width and height of the images, in pixels; a multiple of 8.</param>
/// <param name="nearest">Take the nearest pixel instead of interpolating between four.</param>
/// <param name="reflect">Mirror the image at its borders; otherwise pixels outside are 0.</param>
internal sealed unsafe class ImageSampler(int side, bool nearest, bool reflect)
{
    private const int Width = 8;

    /// <summary>Gets whether the processor has the instructions that the sampler uses.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Samples all channels of an image.</summary>
    /// <param name="image">C×side×side.</param>
    /// <param name="channels">C.</param>
    /// <param name="matrix">2×3 from a target point to its source point, in pixels from the center: x, y, 1 to x; x, y, 1 to y.</param>
    /// <param name="bend">2×side×side displacements of the source points, x then y, in pixels; null: none.</param>
    /// <param name="output">C×side×side.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sample(float* image, int channels, ReadOnlySpan<float> matrix, float* bend, float* output)
    {
        var plane = side * side;
        var center = (side - 1) / 2f;
        var steps = Vector256.CreateSequence(0f, 1f);
        for (var row = 0; row < side; row++)
        {
            var down = row - center;
            for (var column = 0; column < side; column += Width)
            {
                var right = steps + Vector256.Create(column - center);
                var startX = Vector256.Create((matrix[1] * down) + matrix[2] + center);
                var startY = Vector256.Create((matrix[4] * down) + matrix[5] + center);
                var x = Vector256.FusedMultiplyAdd(right, Vector256.Create(matrix[0]), startX);
                var y = Vector256.FusedMultiplyAdd(right, Vector256.Create(matrix[3]), startY);
                var place = (row * side) + column;
                if (bend != null)
                    (x, y) = (x + Vector256.Load(bend + place), y + Vector256.Load(bend + plane + place));
                if (reflect)
                    (x, y) = (Reflect(x), Reflect(y));
                if (nearest)
                    Nearest(image, channels, x, y, output + place);
                else
                    Bilinear(image, channels, x, y, output + place);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Nearest(float* image, int channels, Vector256<float> x, Vector256<float> y, float* output)
    {
        var (left, top) = (Vector256.Round(x), Vector256.Round(y));
        var inside = Inside(left, top);
        var index = Index(left, top);
        for (var channel = 0; channel < channels; channel++, image += side * side, output += side * side)
            (Avx2.GatherVector256(image, index, sizeof(float)) & inside).Store(output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Bilinear(float* image, int channels, Vector256<float> x, Vector256<float> y, float* output)
    {
        var (left, top) = (Vector256.Floor(x), Vector256.Floor(y));
        var (right, bottom) = (left + Vector256<float>.One, top + Vector256<float>.One);
        var (toRight, toBottom) = (x - left, y - top);
        var (toLeft, toTop) = (Vector256<float>.One - toRight, Vector256<float>.One - toBottom);
        var weight0 = toLeft * toTop & Inside(left, top);
        var index0 = Index(left, top);
        var weight1 = toRight * toTop & Inside(right, top);
        var index1 = Index(right, top);
        var weight2 = toLeft * toBottom & Inside(left, bottom);
        var index2 = Index(left, bottom);
        var weight3 = toRight * toBottom & Inside(right, bottom);
        var index3 = Index(right, bottom);
        for (var channel = 0; channel < channels; channel++, image += side * side, output += side * side)
        {
            var value = Avx2.GatherVector256(image, index0, sizeof(float)) * weight0;
            value = Vector256.FusedMultiplyAdd(Avx2.GatherVector256(image, index1, sizeof(float)), weight1, value);
            value = Vector256.FusedMultiplyAdd(Avx2.GatherVector256(image, index2, sizeof(float)), weight2, value);
            value = Vector256.FusedMultiplyAdd(Avx2.GatherVector256(image, index3, sizeof(float)), weight3, value);
            value.Store(output);
        }
    }

    /// <summary>Mirrors a coordinate at −½ and side − ½ until it is inside, then keeps it between the border pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Reflect(Vector256<float> coordinate)
    {
        var span = Vector256.Create((float)side);
        var distance = Vector256.Abs(coordinate + Vector256.Create(0.5f));
        var times = Vector256.Floor(distance / span);
        var rest = distance - (times * span);
        var isOdd = Vector256.Equals(Vector256.ConvertToInt32(times) & Vector256<int>.One, Vector256<int>.One).AsSingle();
        var mirrored = Vector256.ConditionalSelect(isOdd, span - rest, rest) - Vector256.Create(0.5f);
        return Vector256.Min(Vector256.Max(mirrored, Vector256<float>.Zero), Vector256.Create(side - 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Inside(Vector256<float> x, Vector256<float> y)
    {
        var last = Vector256.Create(side - 1f);
        return Vector256.GreaterThanOrEqual(x, Vector256<float>.Zero) & Vector256.LessThanOrEqual(x, last)
            & Vector256.GreaterThanOrEqual(y, Vector256<float>.Zero) & Vector256.LessThanOrEqual(y, last);
    }

    /// <summary>Gets offsets in a plane; for points outside, the offset of the nearest border pixel, which can be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Index(Vector256<float> x, Vector256<float> y)
    {
        var last = Vector256.Create(side - 1f);
        var column = Vector256.ConvertToInt32(Vector256.Min(Vector256.Max(x, Vector256<float>.Zero), last));
        var row = Vector256.ConvertToInt32(Vector256.Min(Vector256.Max(y, Vector256<float>.Zero), last));
        return (row * side) + column;
    }
}
