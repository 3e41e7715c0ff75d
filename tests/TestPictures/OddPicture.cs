using System.Buffers.Binary;
using BitMiracle.LibTiff.Classic;
using LeNetServe.Imaging;
using SkiaSharp;

namespace LeNetServe.TestPictures;

/// <summary>A picture file as users really have them: rare kinds that must be read, and damage that must be refused.</summary>
/// <param name="FileName">A name that says what is odd about it.</param>
/// <param name="Encoded">The file.</param>
/// <param name="Fault">Why it must be refused; null: it must be read.</param>
public sealed record OddPicture(string FileName, byte[] Encoded, ImageFault? Fault)
{
    /// <summary>Side of all that have a size, in pixels.</summary>
    public const int Side = 32;

    /// <summary>The gray level at (x, y) of the sound gray pictures.</summary>
    public static byte Level(int x, int y) => (byte)(4 * x + 3 * y);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OddPicture> All { get; } = [.. Readable(), .. Refused()];

    private static PngWriter Gray => new() { Width = Side, Height = Side, Pixel = (x, y) => [Level(x, y)] };

    private static IEnumerable<OddPicture> Readable()
    {
        yield return Sound("gray.png", Gray.ToArray());
        yield return Sound("interlaced.png", (Gray with { Interlaced = true }).ToArray());
        yield return Sound("gray-16-bit.png", (Gray with { Depth = 16, Pixel = (x, y) => [257 * Level(x, y)] }).ToArray());
        yield return Sound("gray-1-bit.png", (Gray with { Depth = 1, Pixel = (x, y) => [(x + y) & 1] }).ToArray());
        yield return Sound(
            "gray-alpha.png", (Gray with { Color = PngColor.GrayAlpha, Pixel = (x, y) => [0, 255 - Level(x, y)] }).ToArray());
        yield return Sound("rgb.png", Rgb(8).ToArray());
        yield return Sound("rgb-16-bit.png", Rgb(16).ToArray());
        yield return Sound("alpha.png", (Gray with { Color = PngColor.Rgba, Pixel = (x, y) => [0, 0, 0, 255 - Level(x, y)] }).ToArray());
        yield return Sound("palette.png", Palette.ToArray());
        yield return Sound("palette-transparent.png", (Palette with { PaletteAlpha = [0, 128] }).ToArray());
        yield return Sound("cmyk.jpg", CmykJpegWriter.Write(Side / 8, Side / 8, (x, y) => (0, 0, 0, (byte)(255 - 50 * x - 10 * y))));
        yield return Sound("animated.gif", GifWriter.Write(Side, Side, Level, (_, _) => 255));
        yield return Sound("gray.bmp", Bmp());
        yield return Sound("color.webp", Skia(SKEncodedImageFormat.Webp));
        yield return Sound("color.jpg", Skia(SKEncodedImageFormat.Jpeg));
        yield return Sound("progressive.jpg", Embedded("progressive.jpg"));
        yield return Sound("restarts.jpg", Embedded("restarts.jpg"));
        yield return Sound("progressive-restarts.jpg", Embedded("progressive-restarts.jpg"));
        yield return Sound("scans.jpg", Embedded("scans.jpg"));
        yield return Sound("gray.tif", Tiff.ToArray());
        yield return Sound("tiles.tif", (Tiff with { Tile = 16, Compression = Compression.LZW, IsBigEndian = true }).ToArray());
        yield return Sound("png-inside.jpg", Gray.ToArray());
        yield return Sound("jpeg inside.PNG", Skia(SKEncodedImageFormat.Jpeg));
    }

    private static IEnumerable<OddPicture> Refused()
    {
        yield return new("empty.png", [], ImageFault.Truncated);
        yield return new("truncated.png", Half(Gray.ToArray()), ImageFault.Truncated);
        yield return new("truncated-interlaced.png", Half((Gray with { Interlaced = true }).ToArray()), ImageFault.Truncated);
        yield return new("truncated.jpg", Half(Skia(SKEncodedImageFormat.Jpeg)), ImageFault.Truncated);
        yield return new("truncated.webp", Half(Skia(SKEncodedImageFormat.Webp)), ImageFault.Truncated);
        yield return new("truncated.gif", Half(GifWriter.Write(Side, Side, Level)), ImageFault.Truncated);
        yield return new("truncated.bmp", Half(Bmp()), ImageFault.Truncated);
        yield return new("wrong-crc.png", WithWrongCrc("IDAT"), ImageFault.Damaged);
        yield return new("wrong-crc-of-header.png", WithWrongCrc("IHDR"), ImageFault.Damaged);
        yield return new("truncated.tif", Half(Tiff.ToArray()), ImageFault.Truncated);
        yield return new("huge.png", WithSize(100_000, 100_000), ImageFault.TooLarge);
        yield return new("huge.gif", GifOfSize(65_535, 65_535), ImageFault.TooLarge);
        yield return new("zero-width.png", WithSize(0, Side), ImageFault.Damaged);
        yield return new("zero-height.png", WithSize(Side, 0), ImageFault.Damaged);
        yield return new("short.png", "text."u8.ToArray(), ImageFault.UnknownFormat);
        yield return new("text.png", "This is not a picture."u8.ToArray(), ImageFault.UnknownFormat);
        yield return new("page.jpg", "<!DOCTYPE html><title>404</title>"u8.ToArray(), ImageFault.UnknownFormat);
        yield return new("drawing.gif", "%PDF-1.7 with a drawing"u8.ToArray(), ImageFault.UnknownFormat);
    }

    private static OddPicture Sound(string name, byte[] encoded) => new(name, encoded, null);

    private static byte[] Half(byte[] encoded) => encoded[..(encoded.Length / 2)];

    private static PngWriter Rgb(int depth)
    {
        var unit = depth == 16 ? 257 : 1;
        return Gray with { Color = PngColor.Rgb, Depth = depth, Pixel = (x, y) => [.. Enumerable.Repeat(unit * Level(x, y), 3)] };
    }

    private static PngWriter Palette => Gray with
    {
        Color = PngColor.Palette,
        Palette = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120],
        Depth = 2,
        Pixel = (x, y) => [(x + y) & 3],
    };

    private static TiffWriter Tiff => new() { Width = Side, Height = Side, Pixel = (x, y) => [Level(x, y)] };

    private static byte[] Embedded(string name)
    {
        using var stream = typeof(OddPicture).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Bmp() => BmpWriter.Write(Side, Side, (x, y) => (Level(x, y), Level(x, y), Level(x, y)));

    private static byte[] Skia(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
                bitmap.SetPixel(x, y, new((byte)(8 * x), (byte)(8 * y), (byte)(4 * (x + y))));
        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }

    private static byte[] WithWrongCrc(string chunk)
    {
        var png = Gray.ToArray();
        var start = PngWriter.OffsetOf(png, System.Text.Encoding.ASCII.GetBytes(chunk));
        png[start + 8 + BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(start))] ^= 0xff;
        return png;
    }

    private static byte[] WithSize(int width, int height)
    {
        var png = Gray.ToArray();
        var header = png.AsSpan(PngWriter.OffsetOf(png, "IHDR"u8));
        BinaryPrimitives.WriteInt32BigEndian(header[8..], width);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], height);
        BinaryPrimitives.WriteUInt32BigEndian(header[21..], PngWriter.Crc(header[4..21]));
        return png;
    }

    private static byte[] GifOfSize(ushort width, ushort height)
    {
        var gif = GifWriter.Write(Side, Side, Level);
        BinaryPrimitives.WriteUInt16LittleEndian(gif.AsSpan(6), width);
        BinaryPrimitives.WriteUInt16LittleEndian(gif.AsSpan(8), height);
        return gif;
    }
}
