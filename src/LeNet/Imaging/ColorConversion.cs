using System.Runtime.InteropServices;

namespace LeNetServe.Imaging;

/// <summary>Converts RGBA, interleaved and not premultiplied, to the planes of a model.</summary>
internal static class ColorConversion
{
    /// <summary>The brightness of the paper that transparent pixels are laid on.</summary>
    private const int Paper = 255;

    private const byte Opaque = 255;

    /// <summary>Fills a picture of 1 (gray) or 3 channels (RGB).</summary>
    public static void FromRgba(Span<byte> rgba, in Picture picture)
    {
        var pixels = MemoryMarshal.Cast<byte, Rgba>(rgba);
        LayOnPaper(pixels);
        if (picture.Channels == 1)
            ToGray(pixels, picture.Plane(0));
        else
            ToPlanes(pixels, picture.Plane(0), picture.Plane(1), picture.Plane(2));
    }

    private static void LayOnPaper(Span<Rgba> pixels)
    {
        foreach (ref var pixel in pixels)
            if (pixel.Alpha != Opaque)
                pixel = new(OnPaper(pixel.Red, pixel.Alpha), OnPaper(pixel.Green, pixel.Alpha), OnPaper(pixel.Blue, pixel.Alpha), Opaque);
    }

    private static void ToGray(ReadOnlySpan<Rgba> pixels, Span<byte> gray)
    {
        for (var index = 0; index < pixels.Length; index++)
            gray[index] = Luma(pixels[index]);
    }

    private static void ToPlanes(ReadOnlySpan<Rgba> pixels, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        for (var index = 0; index < pixels.Length; index++)
        {
            red[index] = pixels[index].Red;
            green[index] = pixels[index].Green;
            blue[index] = pixels[index].Blue;
        }
    }

    /// <summary>ITU-R BT.601 in 16-bit fixed point; the weights add up to one, so equal parts stay what they are.</summary>
    private static byte Luma(Rgba pixel) => (byte)((19595 * pixel.Red + 38470 * pixel.Green + 7471 * pixel.Blue + 0x8000) >> 16);

    private static byte OnPaper(int value, int alpha) => (byte)((value * alpha + Paper * (255 - alpha) + 127) / 255);

    private readonly record struct Rgba(byte Red, byte Green, byte Blue, byte Alpha);
}
