using SkiaSharp;

namespace LeNetServe.Trainer.Tests.Recipes;

/// <summary>Pictures of circles, squares and triangles: outlines or filled, of varied size, place and color, with noise.</summary>
internal static class DrawnShapes
{
    private const int Side = 64;

    /// <summary>Writes pictures of each class into a folder of its own.</summary>
    /// <param name="folder">The folder of the class folders.</param>
    /// <param name="count">Pictures of each class.</param>
    /// <param name="seed">Seed of all that varies.</param>
    /// <param name="turned">Turn each shape by any angle.</param>
    public static void Write(string folder, int count, int seed, bool turned)
    {
        var random = new Random(seed);
        foreach (var shape in (string[])["circle", "square", "triangle"])
        {
            var directory = Directory.CreateDirectory(Path.Combine(folder, shape)).FullName;
            for (var number = 0; number < count; number++)
                File.WriteAllBytes(Path.Combine(directory, $"{number:d3}.png"), Draw(shape, random, turned));
        }
    }

    private static byte[] Draw(string shape, Random random, bool turned)
    {
        using var bitmap = new SKBitmap(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Color(random, 170, 256));
        var radius = (float)(10 + 16 * random.NextDouble());
        var room = Side - 2 * radius - 4;
        canvas.Translate(radius + 2 + (float)random.NextDouble() * room, radius + 2 + (float)random.NextDouble() * room);
        if (turned)
            canvas.RotateDegrees((float)(360 * random.NextDouble()));
        using var paint = new SKPaint
        {
            IsAntialias = true,
            Color = Color(random, 0, 140),
            Style = random.Next(2) == 0 ? SKPaintStyle.Fill : SKPaintStyle.Stroke,
            StrokeWidth = (float)(2 + 3 * random.NextDouble()),
        };
        if (shape == "circle")
            canvas.DrawCircle(0, 0, radius, paint);
        else
            DrawPolygon(canvas, Corners(shape == "square" ? 4 : 3, radius), paint);
        for (var row = 0; row < Side; row++)
            for (var column = 0; column < Side; column++)
                bitmap.SetPixel(column, row, Noisy(bitmap.GetPixel(column, row), random));
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static void DrawPolygon(SKCanvas canvas, SKPoint[] corners, SKPaint paint)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly(corners, close: true);
        using var path = builder.Detach();
        canvas.DrawPath(path, paint);
    }

    private static SKPoint[] Corners(int count, float radius)
    {
        // A square stands on a side, a triangle on its base.
        var first = count == 4 ? Math.PI / 4 : -Math.PI / 2;
        return
        [
            .. Enumerable.Range(0, count).Select(corner => first + 2 * Math.PI * corner / count)
                .Select(angle => new SKPoint(radius * (float)Math.Cos(angle), radius * (float)Math.Sin(angle))),
        ];
    }

    private static SKColor Color(Random random, int from, int to) =>
        new((byte)random.Next(from, to), (byte)random.Next(from, to), (byte)random.Next(from, to));

    private static SKColor Noisy(SKColor color, Random random)
    {
        return new(Shifted(color.Red), Shifted(color.Green), Shifted(color.Blue));

        byte Shifted(byte value) => (byte)Math.Clamp(value + random.Next(-12, 13), 0, 255);
    }
}
