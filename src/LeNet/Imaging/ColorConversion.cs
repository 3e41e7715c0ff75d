namespace LeNetServe.Imaging;

/// <summary>From RGBA, interleaved and not premultiplied, to the planes of a model.</summary>
internal static class ColorConversion
{
    /// <summary>The brightness of the paper that transparent pixels are laid on.</summary>
    private const int Paper = 255;

    /// <summary>Fills a picture of 1 (gray) or 3 channels (RGB).</summary>
    public static void FromRgba(ReadOnlySpan<byte> rgba, in Picture picture)
    {
        if (picture.Channels == 1)
            ToGray(rgba, picture.Plane(0));
        else
            for (var channel = 0; channel < 3; channel++)
                ToPlane(rgba, channel, picture.Plane(channel));
    }

    private static void ToGray(ReadOnlySpan<byte> rgba, Span<byte> gray)
    {
        for (var index = 0; index < gray.Length; index++)
        {
            var pixel = rgba.Slice(4 * index, 4);
            gray[index] = OnPaper(Luma(pixel[0], pixel[1], pixel[2]), pixel[3]);
        }
    }

    private static void ToPlane(ReadOnlySpan<byte> rgba, int channel, Span<byte> plane)
    {
        for (var index = 0; index < plane.Length; index++)
            plane[index] = OnPaper(rgba[4 * index + channel], rgba[4 * index + 3]);
    }

    /// <summary>ITU-R BT.601 in 16-bit fixed point; the weights add up to one, so equal parts stay what they are.</summary>
    private static int Luma(int red, int green, int blue) => (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;

    private static byte OnPaper(int value, int alpha) => (byte)((value * alpha + Paper * (255 - alpha) + 127) / 255);
}
