using System.Globalization;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Cli.Pages;
using LeNetServe.Files;
using LeNetServe.Imaging;
using SkiaSharp;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Writes each mistake as a PNG: the image as the model saw it, and beside it the parts that spoke for the wrong answer.</summary>
internal static class HeatMaps
{
    private const int Scale = 8;

    /// <summary>Writes the files. A name has the rank of the mistake, its row, its right class and its answer.</summary>
    /// <param name="folder">The folder, which is made if it does not exist.</param>
    /// <param name="mistakes">The mistakes, most confident first.</param>
    /// <param name="imaging">The model's imaging.</param>
    /// <param name="attribute">Gets the attribution of a class for pixels, H×W.</param>
    public static void Write(string folder, IReadOnlyList<Mistake> mistakes, ImagingSpec imaging, Func<byte[], int, float[]> attribute)
    {
        Directory.CreateDirectory(folder);
        var view = new ModelView(imaging);
        foreach (var (rank, mistake) in mistakes.Index())
        {
            if (mistake.Image is not { } image || view.Pixels(image) is not { } pixels)
                continue;
            var name = string.Create(
                CultureInfo.InvariantCulture, $"{rank + 1:000}-row-{mistake.Row}-class-{mistake.Actual}-as-{mistake.Predicted}.png");
            using var data = Draw(view, image, SignedBytes.Of(attribute(pixels, mistake.Predicted)), imaging);
            AtomicFile.Write(Path.Combine(folder, name), data.SaveTo);
        }
    }

    private static SKData Draw(ModelView view, InputImage image, byte[] heat, ImagingSpec imaging)
    {
        var (width, height) = (imaging.Input.Width, imaging.Input.Height);
        using var seen = view.Bitmap(image)!;
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
