using System.Runtime.InteropServices;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Imaging;
using SkiaSharp;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Pictures as the model sees them, through the imaging that scoring uses.</summary>
internal sealed class ModelView(ImagingSpec spec)
{
    private readonly ImagePreprocessor imaging = new(spec);
    private readonly ImageReader reader = new();

    /// <summary>Gets the model's input as a bitmap, which the caller disposes; null if the image cannot be used.</summary>
    public SKBitmap? Bitmap(InputImage image) => Pixels(image) is { } pixels ? Bitmap(pixels) : null;

    /// <summary>Gets pixels, C×H×W, as a bitmap, which the caller disposes.</summary>
    public SKBitmap Bitmap(byte[] pixels)
    {
        var (channels, height, width) = spec.Input;
        var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var plane = channels == 1 ? 0 : height * width;
        var target = MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan());
        for (var i = 0; i < height * width; i++)
            target[i] = pixels[i] | ((uint)pixels[plane + i] << 8) | ((uint)pixels[(2 * plane) + i] << 16) | 0xFF000000;
        return bitmap;
    }

    /// <summary>Gets the model's input, C×H×W; null if the image cannot be used.</summary>
    public byte[]? Pixels(InputImage image)
    {
        if (image.Pixels is { } known)
            return known;
        var pixels = new byte[spec.Input.Count];
        try
        {
            if (reader.Read(image, out var content) is not null)
                return null;
            imaging.Process(content, pixels);
            return pixels;
        }
        catch (ImageException)
        {
            return null;
        }
    }
}
