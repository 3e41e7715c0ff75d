using LeNetServe.Specs;
using SkiaSharp;

namespace LeNetServe.Imaging;

/// <summary>Encodes the pixels of a model's input.</summary>
public static class PngFile
{
    /// <summary>Encodes an image without loss: a model of the same size that reads the file gets the same pixels.</summary>
    /// <param name="pixels">C×H×W bytes: gray, or red, green and blue.</param>
    /// <param name="shape">The shape, with 1 or 3 channels.</param>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, TensorShape shape)
    {
        var type = shape.Channels == 1 ? SKColorType.Gray8 : SKColorType.Rgba8888;
        using var bitmap = new SKBitmap(new SKImageInfo(shape.Width, shape.Height, type, SKAlphaType.Opaque));
        if (shape.Channels == 1)
            pixels.CopyTo(bitmap.GetPixelSpan());
        else
            Interleave(pixels, bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> rgba)
    {
        var plane = planes.Length / 3;
        for (var index = 0; index < plane; index++)
        {
            rgba[(4 * index) + 0] = planes[index];
            rgba[(4 * index) + 1] = planes[plane + index];
            rgba[(4 * index) + 2] = planes[(2 * plane) + index];
            rgba[(4 * index) + 3] = byte.MaxValue;
        }
    }
}
