using System.Numerics;
using LeNetServe.Imaging;
using LeNetServe.Randomness;
using SkiaSharp;

namespace LeNetServe.Datasets;

/// <summary>
/// Draws one digit at a time as MNIST's images were made. The ink is 255 on 0 and fits into 20×20. Its center of mass lies in the middle of
/// 28×28, padded to 32×32. A pen belongs to one thread.
/// </summary>
internal sealed class DigitPen : IDisposable
{
    private const int PaddedSide = 32;
    private const int ContentSide = 28;
    private const int InkSide = 20;

    /// <summary>The ink and a pixel around it for soft edges.</summary>
    private const int Side = InkSide + 2;

    private readonly Picture drawing = new(1, Side, Side);
    private readonly SKBitmap bitmap = new(new SKImageInfo(Side, Side, SKColorType.Alpha8, SKAlphaType.Premul));
    private readonly SKCanvas canvas;
    private readonly SKPaint paint = new()
    {
        IsAntialias = true,
        Style = SKPaintStyle.Stroke,
        StrokeCap = SKStrokeCap.Round,
        StrokeJoin = SKStrokeJoin.Round,
        Color = SKColors.White,
    };

    public DigitPen() => canvas = new(bitmap);

    /// <summary>Draws the digit by chance from one of its skeletons.</summary>
    /// <param name="digit">0 to 9.</param>
    /// <param name="random">Chooses skeleton, wobble, slant, rotation, width and thickness.</param>
    /// <param name="target">32×32 bytes, all zero.</param>
    public void Draw(int digit, ref SplitMix64 random, Span<byte> target)
    {
        var ways = DigitSkeleton.Digits[digit];
        using var path = Trace(ways[random.Next(ways.Count)], random.Normal(0.09f), ref random);
        var thickness = random.Uniform(1.5f, 3.6f);
        Render(path, thickness, random.Uniform(0.85f, 1f));
        PlaceByMass(target);
    }

    public void Dispose()
    {
        paint.Dispose();
        canvas.Dispose();
        bitmap.Dispose();
        drawing.Dispose();
    }

    /// <summary>Makes the path for one digit, about 100 units high around the origin, rotated by an angle in radians.</summary>
    public static SKPath Trace(DigitSkeleton skeleton, float rotation, ref SplitMix64 random)
    {
        var transform =
            Matrix3x2.CreateTranslation(-50, -50)
            * Matrix3x2.CreateScale(random.Uniform(0.6f, 1.1f), 1)
            * new Matrix3x2(1, 0, random.Normal(0.22f) - 0.12f, 1, 0, 0)
            * Matrix3x2.CreateRotation(rotation);
        var wobble = random.Uniform(1, 6);
        using var builder = new SKPathBuilder();
        foreach (var stroke in skeleton.Strokes)
        {
            var points = new Vector2[stroke.Length];
            for (var index = 0; index < points.Length; index++)
            {
                var offset = new Vector2(random.Normal(wobble), random.Normal(wobble));
                points[index] = Vector2.Transform(stroke[index].Point + offset, transform);
            }
            AddSpline(builder, stroke, points);
        }
        return builder.Detach();
    }

    /// <summary>A Catmull–Rom spline through the points as Bézier curves, without a tangent across corners and ends.</summary>
    private static void AddSpline(SKPathBuilder builder, DigitSkeleton.Node[] stroke, Vector2[] points)
    {
        builder.MoveTo(points[0].X, points[0].Y);
        for (var index = 1; index < points.Length; index++)
        {
            var (from, to) = (points[index - 1], points[index]);
            var before = index == 1 || stroke[index - 1].Corner ? from : points[index - 2];
            var after = index == points.Length - 1 || stroke[index].Corner ? to : points[index + 1];
            var (first, second) = (from + (to - before) / 6, to - (after - from) / 6);
            builder.CubicTo(first.X, first.Y, second.X, second.Y, to.X, to.Y);
        }
    }

    private void Render(SKPath path, float thickness, float ink)
    {
        var bounds = path.TightBounds;
        var scale = (InkSide - thickness) / Math.Max(bounds.Width, bounds.Height);
        paint.StrokeWidth = thickness / scale;
        paint.Color = SKColors.White.WithAlpha((byte)(255 * ink));
        bitmap.Erase(SKColors.Transparent);
        canvas.ResetMatrix();
        canvas.Translate(Side / 2f, Side / 2f);
        canvas.Scale(scale);
        canvas.Translate(-bounds.MidX, -bounds.MidY);
        canvas.DrawPath(path, paint);
        for (var row = 0; row < Side; row++)
            bitmap.GetPixelSpan().Slice(row * bitmap.RowBytes, Side).CopyTo(drawing.Row(0, row));
    }

    private void PlaceByMass(Span<byte> target)
    {
        const int Margin = (PaddedSide - ContentSide) / 2;
        var (top, left) = CenterOfMass.Place(drawing, ContentSide, ContentSide);
        for (var row = 0; row < Side; row++)
            drawing.Row(0, row).CopyTo(target[((Margin + top + row) * PaddedSide + Margin + left)..]);
    }
}
