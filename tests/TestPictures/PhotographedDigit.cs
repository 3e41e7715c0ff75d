using LeNetServe.Datasets;
using LeNetServe.Randomness;
using SkiaSharp;

namespace LeNetServe.TestPictures;

/// <summary>A digit in dark ink on light paper: a slope of light, a vignette, sensor noise, rotation up to 15°, off-center.</summary>
/// <param name="Label">0 to 9.</param>
/// <param name="Encoded">A JPEG or PNG file.</param>
public sealed record PhotographedDigit(int Label, byte[] Encoded)
{
    private const float MaxRotation = 15 * MathF.PI / 180;

    /// <summary>That many photographs, the digits in turn; the same for the same seed.</summary>
    public static IEnumerable<PhotographedDigit> Take(int count, int seed) =>
        Enumerable.Range(0, count).Select(index => Photograph(index, seed));

    private static PhotographedDigit Photograph(int index, int seed)
    {
        var random = SplitMix64.For(seed, stream: 100, index);
        var label = index % 10;
        var (width, height) = (100 + random.Next(200), 100 + random.Next(200));
        using var drawing = Draw(label, width, height, ref random);
        using var photograph = Expose(drawing, ref random);
        using var data = photograph.Encode(index % 2 == 0 ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 85);
        return new(label, data.ToArray());
    }

    /// <summary>The ink's coverage, 0..255.</summary>
    private static SKBitmap Draw(int label, int width, int height, ref SplitMix64 random)
    {
        var ways = DigitSkeleton.Digits[label];
        using var path = DigitPen.Trace(ways[random.Next(ways.Count)], random.Uniform(-MaxRotation, MaxRotation), ref random);
        var bounds = path.TightBounds;
        var share = random.Uniform(0.4f, 0.8f);
        var scale = share * Math.Min(width / bounds.Width, height / bounds.Height);
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Alpha8, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint
        {
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
            StrokeWidth = random.Uniform(3, 13),
        };
        var (spareX, spareY) = (width - bounds.Width * scale, height - bounds.Height * scale);
        canvas.Translate(width / 2f + random.Uniform(-0.3f, 0.3f) * spareX, height / 2f + random.Uniform(-0.3f, 0.3f) * spareY);
        canvas.Scale(scale);
        canvas.Translate(-bounds.MidX, -bounds.MidY);
        canvas.DrawPath(path, paint);
        return bitmap;
    }

    private static SKBitmap Expose(SKBitmap drawing, ref SplitMix64 random)
    {
        var photograph = new SKBitmap(drawing.Width, drawing.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var coverage = drawing.GetPixelSpan();
        var pixels = photograph.GetPixelSpan();
        var (paper, ink) = (random.Uniform(0.65f, 0.95f), random.Uniform(0.05f, 0.35f));
        var (slopeX, slopeY, vignette) = (random.Uniform(-0.25f, 0.25f), random.Uniform(-0.25f, 0.25f), random.Uniform(0, 0.25f));
        var noise = random.Uniform(0, 0.05f);
        float[] tint = [random.Uniform(0.95f, 1.05f), 1, random.Uniform(0.85f, 1f)];
        for (var row = 0; row < drawing.Height; row++)
            for (var column = 0; column < drawing.Width; column++)
            {
                var (x, y) = (2f * column / drawing.Width - 1, 2f * row / drawing.Height - 1);
                var light = 1 + slopeX * x + slopeY * y - vignette * (x * x + y * y) / 2;
                var level = light * (paper + (ink - paper) * coverage[row * drawing.RowBytes + column] / 255f);
                for (var channel = 0; channel < 3; channel++)
                    pixels[row * photograph.RowBytes + 4 * column + channel] = Byte(level * tint[channel] + random.Normal(noise));
                pixels[row * photograph.RowBytes + 4 * column + 3] = 255;
            }
        return photograph;
    }

    private static byte Byte(float level) => (byte)Math.Clamp(level * 255, 0, 255);
}
