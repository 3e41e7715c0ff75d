using System.Runtime.InteropServices;

namespace LeNetServe.Imaging;

/// <summary>Converts RGBA, interleaved and not premultiplied, to the planes of a model.</summary>
internal static class ColorConversion
{
    /// <summary>The brightness of the paper that transparent pixels are laid on.</summary>
    private const int Paper = 255;

    private const byte Opaque = 255;

    /// <summary>Fills a picture of 1 (gray) or 3 channels (RGB).</summary>
    /// <param name="rgba">The pixels; alpha is applied in place.</param>
    /// <param name="picture">The picture to fill.</param>
    /// <param name="mayLackAlpha">The fourth value may be unused. It is, if it is zero everywhere.</param>
    /// <param name="isPremultiplied">The colors are multiplied by alpha already.</param>
    public static void FromRgba(Span<byte> rgba, in Picture picture, bool mayLackAlpha = false, bool isPremultiplied = false)
    {
        var pixels = MemoryMarshal.Cast<byte, Rgba>(rgba);
        if (mayLackAlpha && LacksAlpha(pixels))
            foreach (ref var pixel in pixels)
                pixel = pixel with { Alpha = Opaque };
        LayOnPaper(pixels, isPremultiplied);
        FromOpaque(rgba, picture);
    }

    /// <summary>Fills a picture of 1 (gray) or 3 channels (RGB) with the colors as they are.</summary>
    public static void FromOpaque(ReadOnlySpan<byte> rgba, in Picture picture)
    {
        var pixels = MemoryMarshal.Cast<byte, Rgba>(rgba);
        if (picture.Channels == 1)
            ToGray(pixels, picture.Plane(0));
        else
            ToPlanes(pixels, picture.Plane(0), picture.Plane(1), picture.Plane(2));
    }

    private static bool LacksAlpha(ReadOnlySpan<Rgba> pixels)
    {
        foreach (var pixel in pixels)
            if (pixel.Alpha != 0)
                return false;
        return true;
    }

    private static void LayOnPaper(Span<Rgba> pixels, bool isPremultiplied)
    {
        foreach (ref var pixel in pixels)
            if (pixel.Alpha != Opaque)
            {
                var full = isPremultiplied ? 255 : pixel.Alpha;
                var paper = Paper * (255 - pixel.Alpha);
                pixel = new(OnPaper(pixel.Red, full, paper), OnPaper(pixel.Green, full, paper), OnPaper(pixel.Blue, full, paper), Opaque);
            }
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
            var pixel = pixels[index];
            red[index] = pixel.Red;
            green[index] = pixel.Green;
            blue[index] = pixel.Blue;
        }
    }

    /// <summary>ITU-R BT.601 in 16-bit fixed point; the weights add up to one, so equal parts stay what they are.</summary>
    private static byte Luma(Rgba pixel) => (byte)((19595 * pixel.Red + 38470 * pixel.Green + 7471 * pixel.Blue + 0x8000) >> 16);

    private static byte OnPaper(int value, int alpha, int paper) => (byte)Math.Min(255, (value * alpha + paper + 127) / 255);

    private readonly record struct Rgba(byte Red, byte Green, byte Blue, byte Alpha);
}
