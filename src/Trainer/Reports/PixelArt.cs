using LeNetServe.Specs;
using LeNetServe.Tensors;
using SkiaSharp;

namespace LeNetServe.Trainer.Reports;

/// <summary>Tensors as small PNG pictures, one pixel per value; the page enlarges them without smoothing.</summary>
internal static class PixelArt
{
    /// <summary>A picture of raw pixels 0..255, C×H×W with one or three channels.</summary>
    public static byte[] OfPixels(TensorShape shape, ReadOnlySpan<byte> pixels)
    {
        var values = pixels.ToArray();
        var plane = shape.Height * shape.Width;
        return Encode(shape.Height, shape.Width, index => shape.Channels >= 3
            ? new(values[index], values[plane + index], values[2 * plane + index])
            : new(values[index], values[index], values[index]));
    }

    /// <summary>A feature map: its least value black, its greatest white.</summary>
    public static byte[] OfMap(int height, int width, float[] values)
    {
        var (low, high) = (values.Min(), values.Max());
        return Encode(height, width, index =>
        {
            var grey = (byte)(high > low ? 255 * (values[index] - low) / (high - low) : 0);
            return new(grey, grey, grey);
        });
    }

    /// <summary>A filter's kernels: three channels as colours around grey; one channel from blue (negative) over white (zero) to red.</summary>
    /// <param name="filters">All filters, maps×C×height×width.</param>
    /// <param name="map">Which of them.</param>
    public static byte[] OfFilter(StoredTensor filters, int map)
    {
        var (channels, height, width) = (filters.Shape[1], filters.Shape[2], filters.Shape[3]);
        var plane = height * width;
        var values = filters.ToSingles().AsSpan(map * channels * plane, channels * plane).ToArray();
        var scale = Math.Max(values.Max(Math.Abs), 1e-12f);
        return Encode(height, width, index => channels == 3
            ? new(Grey(values[index]), Grey(values[plane + index]), Grey(values[2 * plane + index]))
            : Diverging(values[index] / scale));

        byte Grey(float value) => (byte)(127.5f + 127.5f * value / scale);
    }

    /// <summary>The picture as an address that holds it.</summary>
    public static string DataAddress(byte[] png) => $"data:image/png;base64,{Convert.ToBase64String(png)}";

    private static SKColor Diverging(float value)
    {
        var fade = (byte)(255 * (1 - Math.Abs(value)));
        return value < 0 ? new(fade, (byte)(96 + fade * 159 / 255), 255) : new(255, (byte)(64 + fade * 191 / 255), fade);
    }

    private static byte[] Encode(int height, int width, Func<int, SKColor> colourAt)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var index = 0; index < height * width; index++)
            bitmap.SetPixel(index % width, index / width, colourAt(index));
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
