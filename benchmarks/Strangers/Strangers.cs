using System.Runtime.InteropServices;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Randomness;
using SkiaSharp;

namespace LeNetServe.Benchmarks.Strangers;

/// <summary>Draws images that no digit is, brought into MNIST's form as a user's picture is.</summary>
internal sealed class Strangers(ImageDataset digits)
{
    private const int Side = 32;
    private const int Pixels = Side * Side;

    /// <summary>Letters and signs as strokes of points in a box of 100×100; <c>|</c> lifts the pen.</summary>
    private static readonly string[] Signs =
    [
        "0,100 50,0 100,100|20,60 80,60", "100,15 60,0 20,20 0,50 20,85 60,100 100,85", "100,0 0,0 0,100 100,100|0,50 80,50",
        "100,0 0,0 0,100|0,50 80,50", "0,0 0,100|100,0 100,100|0,50 100,50", "0,0 0,100|100,0 0,50 100,100",
        "0,100 0,0 50,60 100,0 100,100", "0,100 0,0 100,100 100,0", "0,100 0,0 60,0 80,25 60,50 0,50 100,100", "0,0 100,0|50,0 50,100",
        "0,0 50,100 100,0", "0,0 25,100 50,30 75,100 100,0", "0,0 100,100|100,0 0,100", "0,0 50,50 100,0|50,50 50,100",
        "0,0 100,0 0,100 100,100", "50,0 100,100 0,100 50,0", "50,0 20,100 100,35 0,35 80,100 50,0", "50,0 50,100|0,50 100,50",
        "0,50 100,50|60,10 100,50 60,90", "0,30 100,30|0,70 100,70", "0,0 100,0 100,100 0,100 0,0",
    ];

    /// <summary>Names of the signs. Image i of the letters and signs is sign i modulo their number.</summary>
    public static string[] Names { get; } = "A C E F H K M N P T V W X Y Z △ ☆ + → = □".Split(' ');

    private readonly ImagePreprocessor imaging = new(digits.Imaging);
    private SplitMix64 random = new(99);

    /// <summary>Gets the kinds of images with their pixels, N×1×32×32.</summary>
    /// <param name="known">The digits to invert and to put side by side.</param>
    /// <param name="photographs">A folder of class folders with pictures of 32×32; null for none.</param>
    public IReadOnlyList<(string Kind, byte[] Pixels)> Draw(byte[][] known, string? photographs)
    {
        var kinds = new List<(string, byte[])>
        {
            ("letters and signs", Many(1000, image => Sign(Signs[image % Signs.Length]))),
            ("two digits", Many(1000, _ => Pair(known[random.Next(known.Length)], known[random.Next(known.Length)]))),
            ("inverted", Many(1000, image => Array.ConvertAll(known[image % known.Length], pixel => (byte)(255 - pixel)))),
            ("noise", Many(1000, image => Noise(image % 2 == 0 ? 256 : 40 + random.Next(200)))),
            ("gray sheets", Many(256, image => Enumerable.Repeat((byte)image, Pixels).ToArray())),
        };
        if (photographs is not null)
            kinds.Add(("photographs in gray", [.. Directory.GetDirectories(photographs)
                .SelectMany(folder => Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(100)).SelectMany(Gray)]));
        return kinds;
    }

    private static byte[] Many(int count, Func<int, byte[]> draw) => [.. Enumerable.Range(0, count).SelectMany(draw)];

    private byte[] Noise(int levels)
    {
        var pixels = new byte[Pixels];
        foreach (ref var pixel in pixels.AsSpan())
            pixel = (byte)random.Next(levels);
        return pixels;
    }

    private byte[] Sign(string strokes)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(100, 100, SKColorType.Gray8));
        using var canvas = new SKCanvas(bitmap);
        using var pen = new SKPaint
        {
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
            Color = SKColors.White,
            StrokeWidth = random.Uniform(6, 14),
        };
        canvas.Clear(SKColors.Black);
        canvas.Translate(50, 50);
        canvas.RotateRadians(random.Normal(0.12f));
        canvas.Skew(random.Normal(0.15f), 0);
        canvas.Scale(random.Uniform(0.4f, 0.6f), random.Uniform(0.55f, 0.7f));
        canvas.Translate(-50, -50);
        foreach (var stroke in strokes.Split('|'))
        {
            SKPoint[] points = [.. stroke.Split(' ').Select(point => point.Split(','))
                .Select(point => new SKPoint(int.Parse(point[0]) + random.Normal(5), int.Parse(point[1]) + random.Normal(5)))];
            canvas.DrawPoints(SKPointMode.Polygon, points, pen);
        }
        canvas.Flush();
        return Imaged(bitmap);
    }

    private byte[] Pair(byte[] left, byte[] right)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(60, 36, SKColorType.Gray8));
        var pixels = new byte[bitmap.ByteCount];
        foreach (var (digit, offset) in new[] { (left, 0), (right, 26) })
            for (var pixel = 0; pixel < Pixels; pixel++)
            {
                ref var target = ref pixels[(pixel / Side + 2) * bitmap.RowBytes + offset + pixel % Side];
                target = Math.Max(target, digit[pixel]);
            }
        Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        return Imaged(bitmap);
    }

    private byte[] Imaged(SKBitmap bitmap)
    {
        using var file = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var pixels = new byte[Pixels];
        imaging.Process(file.ToArray(), pixels);
        return pixels;
    }

    private static byte[] Gray(string file)
    {
        using var bitmap = SKBitmap.Decode(file);
        return
        [
            .. from row in Enumerable.Range(0, Side)
               from column in Enumerable.Range(0, Side)
               let color = bitmap.GetPixel(column, row)
               select (byte)((0.299 * color.Red) + (0.587 * color.Green) + (0.114 * color.Blue)),
        ];
    }
}
