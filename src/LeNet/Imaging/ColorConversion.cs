using System.Numerics;
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
        if (picture.Channels == 1)
            ToGray(MemoryMarshal.Cast<byte, Rgba>(rgba), picture.Plane(0));
        else
            ToPlanes(rgba, picture.Plane(0), picture.Plane(1), picture.Plane(2));
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

    private static void ToPlanes(ReadOnlySpan<byte> rgba, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        var index = 0;
        for (; index <= red.Length - Vector<byte>.Count; index += Vector<byte>.Count)
        {
            var halves = MemoryMarshal.Cast<byte, Vector<ushort>>(rgba[(4 * index)..]);
            var (redBlue, nextRedBlue) = (Low(halves[0], halves[1]), Low(halves[2], halves[3]));
            Vector.Narrow(redBlue, nextRedBlue).CopyTo(red[index..]);
            Vector.Narrow(redBlue >> 8, nextRedBlue >> 8).CopyTo(blue[index..]);
            Vector.Narrow(Low(halves[0] >> 8, halves[1] >> 8), Low(halves[2] >> 8, halves[3] >> 8)).CopyTo(green[index..]);
        }
        for (; index < red.Length; index++)
            (red[index], green[index], blue[index]) = (rgba[4 * index], rgba[4 * index + 1], rgba[4 * index + 2]);

        static Vector<ushort> Low(Vector<ushort> first, Vector<ushort> second) => Vector.AsVectorUInt16(Vector.Narrow(first, second));
    }

    /// <summary>ITU-R BT.601 in 16-bit fixed point; the weights add up to one, so equal parts stay what they are.</summary>
    private static byte Luma(Rgba pixel) => (byte)((19595 * pixel.Red + 38470 * pixel.Green + 7471 * pixel.Blue + 0x8000) >> 16);

    private static byte OnPaper(int value, int alpha, int paper) => (byte)Math.Min(255, (value * alpha + paper + 127) / 255);

    private readonly record struct Rgba(byte Red, byte Green, byte Blue, byte Alpha);
}
