using System.Buffers.Binary;
using LeNetServe.Imaging;
using LeNetServe.TestPictures;
using SkiaSharp;

namespace LeNetServe.Tests.Imaging.Formats;

public sealed class ExifOrientationTests
{
    private const int Byte = 1, Short = 3, Long = 4, SignedByte = 6, SignedShort = 8, SignedLong = 9;

    /// <summary>The upright blocks of the stored blocks 1 2 3 / 4 5 6, for each orientation from 1 to 8.</summary>
    private static readonly byte[][] Upright =
    [
        [1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4], [6, 5, 4, 3, 2, 1], [4, 5, 6, 1, 2, 3],
        [1, 4, 2, 5, 3, 6], [4, 1, 5, 2, 6, 3], [6, 3, 5, 2, 4, 1], [3, 6, 2, 5, 1, 4],
    ];

    [Theory]
    [InlineData("jpeg", Short, false)]
    [InlineData("jpeg", Short, true)]
    [InlineData("jpeg", Long, false)]
    [InlineData("jpeg", Long, true)]
    [InlineData("jpeg", Byte, true)]
    [InlineData("jpeg", SignedByte, false)]
    [InlineData("jpeg", SignedShort, true)]
    [InlineData("jpeg", SignedLong, false)]
    [InlineData("png before", Short, true)]
    [InlineData("png after", Short, false)]
    [InlineData("png after", Long, true)]
    [InlineData("png with prefix", Short, true)]
    [InlineData("webp", Short, false)]
    [InlineData("webp", Long, true)]
    [InlineData("webp with prefix", Byte, false)]
    [InlineData("tiff", Short, false)]
    [InlineData("tiff", Short, true)]
    public void Of_EveryContainer_TurnsThePictureUpright(string container, int type, bool isLittle)
    {
        for (var orientation = 1; orientation <= 8; orientation++)
        {
            var encoded = Encode(container, Exif(orientation, type, isLittle), orientation, isLittle);
            var width = orientation >= 5 ? 2 : 3;
            var preprocessor = new ImagePreprocessor(new() { Input = new(1, 48 / width, 8 * width), Geometry = Geometry.None });

            var pixels = preprocessor.Process(encoded);

            var blocks = Enumerable.Range(0, 6).Select(block => pixels[(block / width * 8 + 4) * 8 * width + block % width * 8 + 4] / 40);
            Assert.Equal(Upright[orientation - 1].Select(block => (int)block), blocks);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(0x10006)]
    public void Of_UnknownValue_LeavesThePicture(int orientation) =>
        Assert.Equal(ExifOrientation.Upright, ExifOrientation.Of(Encode("jpeg", Exif(orientation, Long, true), 1, true), ImageFormat.JPEG));

    [Fact]
    public void Of_BrokenExif_LeavesThePicture()
    {
        var exif = Exif(6, Short, isLittle: true);

        for (var length = 0; length < exif.Length; length++)
            Assert.InRange(ExifOrientation.Of(Encode("png before", exif[..length], 1, true), ImageFormat.PNG), 1, 6);
        for (var place = 0; place < exif.Length; place++)
        {
            var damaged = exif.ToArray();
            damaged[place] = 0xff;
            Assert.InRange(ExifOrientation.Of(Encode("webp", damaged, 1, true), ImageFormat.WebP), 1, 8);
        }
    }

    private static int Level(int x, int y) => 40 * (3 * (y / 8) + x / 8 + 1);

    private static byte[] Encode(string container, byte[] exif, int orientation, bool isLittle)
    {
        var png = new PngWriter { Width = 24, Height = 16, Pixel = (x, y) => [Level(x, y)] }.ToArray();
        byte[] prefixed = [.. "Exif\0\0"u8, .. exif];
        return container switch
        {
            "jpeg" => Jpeg(prefixed),
            "png before" => WithChunk(png, exif, "IDAT"u8),
            "png after" => WithChunk(png, exif, "IEND"u8),
            "png with prefix" => WithChunk(png, prefixed, "IDAT"u8),
            "webp" => WebP(exif),
            "webp with prefix" => WebP(prefixed),
            _ => new TiffWriter
            {
                Width = 24,
                Height = 16,
                Pixel = (x, y) => [Level(x, y)],
                Orientation = orientation,
                IsBigEndian = !isLittle,
            }.ToArray(),
        };
    }

    private static byte[] Jpeg(byte[] exif)
    {
        var jpeg = CmykJpegWriter.Write(3, 2, (x, y) => (0, 0, 0, (byte)(255 - Level(8 * x, 8 * y))));
        return [.. jpeg[..2], 0xff, 0xe1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    private static byte[] WithChunk(byte[] png, byte[] exif, ReadOnlySpan<byte> next)
    {
        var place = PngWriter.OffsetOf(png, next);
        byte[] content = [.. "eXIf"u8, .. exif];
        var length = new byte[4];
        var crc = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, exif.Length);
        BinaryPrimitives.WriteUInt32BigEndian(crc, PngWriter.Crc(content));
        return [.. png[..place], .. length, .. content, .. crc, .. png[place..]];
    }

    /// <summary>A lossless WebP in its extended form: a header chunk, the picture, the EXIF chunk.</summary>
    private static byte[] WebP(byte[] exif)
    {
        using var bitmap = new SKBitmap(24, 16, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < 16; y++)
            for (var x = 0; x < 24; x++)
                bitmap.SetPixel(x, y, new((byte)Level(x, y), (byte)Level(x, y), (byte)Level(x, y)));
        using var pixmap = bitmap.PeekPixels();
        using var data = pixmap.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));
        const byte HasExif = 8;
        byte[] padding = exif.Length % 2 == 1 ? [0] : [];
        byte[] chunks =
        [
            .. "WEBPVP8X"u8, 10, 0, 0, 0, HasExif, 0, 0, 0, 23, 0, 0, 15, 0, 0, .. data!.ToArray()[12..],
            .. "EXIF"u8, .. BitConverter.GetBytes(exif.Length), .. exif, .. padding,
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(chunks.Length), .. chunks];
    }

    /// <summary>A directory of two entries, of which the second is the orientation.</summary>
    private static byte[] Exif(int orientation, int type, bool isLittle)
    {
        var exif = new byte[8 + 2 + 24 + 4];
        (isLittle ? "II"u8 : "MM"u8).CopyTo(exif);
        Write16(2, 42);
        Write32(4, 8);
        Write16(8, 2);
        Write16(10, 0x010e);
        Write16(12, 2);
        Write32(14, 4);
        Write16(22, 0x0112);
        Write16(24, type);
        Write32(26, 1);
        if (type is Byte or SignedByte)
            exif[30] = (byte)orientation;
        else if (type is Short or SignedShort)
            Write16(30, orientation);
        else
            Write32(30, orientation);
        return exif;

        void Write16(int place, int value)
        {
            if (isLittle)
                BinaryPrimitives.WriteUInt16LittleEndian(exif.AsSpan(place), (ushort)value);
            else
                BinaryPrimitives.WriteUInt16BigEndian(exif.AsSpan(place), (ushort)value);
        }

        void Write32(int place, int value)
        {
            if (isLittle)
                BinaryPrimitives.WriteInt32LittleEndian(exif.AsSpan(place), value);
            else
                BinaryPrimitives.WriteInt32BigEndian(exif.AsSpan(place), value);
        }
    }
}
