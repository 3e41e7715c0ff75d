using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Files;
using LeNetServe.Imaging;
using SkiaSharp;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>A PNG with the first images as the model saw them, at twice their size. A crossed cell is an image that failed.</summary>
internal static class ContactSheet
{
    private const int Scale = 2;
    private const int Gap = 4;
    private const int MaxColumns = 16;

    public static void Write(string path, IReadOnlyList<InputImage> images, ImagingSpec spec)
    {
        var view = new ModelView(spec);
        var (cellWidth, cellHeight) = ((spec.Input.Width * Scale) + Gap, (spec.Input.Height * Scale) + Gap);
        var columns = Math.Clamp((int)Math.Ceiling(Math.Sqrt(images.Count)), 1, MaxColumns);
        var rows = Math.Max(1, (images.Count + columns - 1) / columns);
        using var sheet = new SKBitmap((columns * cellWidth) + Gap, (rows * cellHeight) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(sheet))
        {
            canvas.Clear(new SKColor(0x60, 0x68, 0x70));
            for (var i = 0; i < images.Count; i++)
            {
                var left = (i % columns * cellWidth) + Gap;
                var top = (i / columns * cellHeight) + Gap;
                Draw(canvas, view, images[i], SKRect.Create(left, top, cellWidth - Gap, cellHeight - Gap));
            }
        }
        using var data = sheet.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, stream => data.SaveTo(stream));
    }

    private static void Draw(SKCanvas canvas, ModelView view, InputImage image, SKRect cell)
    {
        using var bitmap = view.Bitmap(image);
        if (bitmap is not null)
        {
            using var picture = SKImage.FromBitmap(bitmap);
            canvas.DrawImage(picture, cell, new SKSamplingOptions(SKFilterMode.Nearest));
            return;
        }
        using var paint = new SKPaint { Color = new SKColor(0xd0, 0x30, 0x30), StrokeWidth = 2, Style = SKPaintStyle.Stroke };
        canvas.DrawRect(cell, paint);
        canvas.DrawLine(cell.Left, cell.Top, cell.Right, cell.Bottom, paint);
        canvas.DrawLine(cell.Left, cell.Bottom, cell.Right, cell.Top, paint);
    }
}
