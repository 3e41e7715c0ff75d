using System.Globalization;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Files;
using SkiaSharp;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Writes each mistake as a PNG: the image as the model saw it, and beside it the parts that spoke for the wrong answer.</summary>
internal static class HeatMaps
{
    private const int Scale = 8;

    /// <summary>
    /// Writes the files in place of those of a former call. A name has the rank of the mistake, its row, its right class and its answer.
    /// </summary>
    /// <param name="folder">The folder, which is made if it does not exist.</param>
    /// <param name="mistakes">The mistakes, most confident first.</param>
    /// <param name="view">The model's view of images.</param>
    public static void Write(string folder, IReadOnlyList<SeenMistake> mistakes, ModelView view)
    {
        foreach (var former in Directory.CreateDirectory(folder).EnumerateFiles(OwnOutputs.HeatMaps))
            former.Delete();
        foreach (var (rank, seen) in mistakes.Index())
        {
            if (seen is not { Pixels: { } pixels, Heat: { } heat, Mistake: var mistake })
                continue;
            var name = string.Create(
                CultureInfo.InvariantCulture, $"{rank + 1:000}-row-{mistake.Row}-class-{mistake.Actual}-as-{mistake.Predicted}.png");
            using var bitmap = view.Bitmap(pixels);
            using var data = Draw(bitmap, heat);
            AtomicFile.Write(Path.Combine(folder, name), data.SaveTo);
        }
    }

    private static SKData Draw(SKBitmap seen, byte[] heat)
    {
        var width = seen.Width;
        var height = seen.Height;
        using var colors = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var pixel = 0; pixel < heat.Length; pixel++)
            colors.SetPixel(pixel % width, pixel / width, Color((heat[pixel] - 127.5f) / 127.5f));
        using var sheet = new SKBitmap(2 * width * Scale, height * Scale, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(sheet))
        {
            foreach (var (column, bitmap) in new[] { seen, colors }.Index())
            {
                using var picture = SKImage.FromBitmap(bitmap);
                var cell = SKRect.Create(column * width * Scale, 0, width * Scale, height * Scale);
                canvas.DrawImage(picture, cell, new SKSamplingOptions(SKFilterMode.Nearest));
            }
        }
        return sheet.Encode(SKEncodedImageFormat.Png, 100);
    }

    /// <summary>Gets the color that the pages have for a value in −1..1: red above zero, white at zero, blue below.</summary>
    private static SKColor Color(float value)
    {
        var fade = 255 * (1 - MathF.Abs(value));
        return value < 0
            ? new((byte)fade, (byte)(96 + (fade * 159 / 255)), 255)
            : new(255, (byte)(64 + (fade * 191 / 255)), (byte)fade);
    }
}
