using System.Buffers.Binary;
using LeNetServe.Imaging;
using LeNetServe.TestPictures;
using SkiaSharp;

namespace LeNetServe.Tests.Imaging.Formats;

/// <summary>Skia is the reference: a file that is read here is read by Skia, to the same pixels.</summary>
public sealed class GrayPngTests
{
    private const int MostPixels = 1 << 16;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(28, 28)]
    [InlineData(33, 7)]
    [InlineData(256, 256)]
    public void TryRead_RowsOfEveryFilter_GivesSkiasPixels(int width, int height)
    {
        var random = new Random(1);
        for (byte first = 0; first < 5; first++)
        {
            var encoded = Random(random, width, height, row => (byte)((first + row) % 5));

            Assert.True(GrayPng.TryRead(encoded, MostPixels, out var picture));

            Assert.Equal(BySkia(encoded), picture.Pixels.ToArray());
            picture.Dispose();
        }
    }

    [Fact]
    public void TryRead_ChunksThatAreChangedAtRandom_AreRefusedOrReadAsSkiaDoes()
    {
        var random = new Random(1);
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var encoded = Random(random, 1 + random.Next(6), 1 + random.Next(6), _ => (byte)random.Next(5));
            encoded[random.Next(8, encoded.Length)] = (byte)random.Next(256);
            encoded = WithSoundChecksums(random.Next(2) == 0 ? encoded : encoded[..random.Next(8, encoded.Length)]);
            if (!GrayPng.TryRead(encoded, MostPixels, out var picture))
                continue;
            read++;
            Assert.True(picture.Pixels.SequenceEqual(BySkia(encoded)), Convert.ToHexString(encoded));
            picture.Dispose();
        }
        Assert.InRange(read, 1_000, 19_000);
    }

    [Fact]
    public void TryRead_WrongChecksum_IsRefused()
    {
        var encoded = Random(new(1), 28, 28, _ => 0);
        encoded[PngWriter.OffsetOf(encoded, "IEND"u8) - 1] ^= 1;

        Assert.False(GrayPng.TryRead(encoded, MostPixels, out _));
    }

    [Fact]
    public void TryRead_TransparentGray_IsRefused()
    {
        var encoded = new PngWriter { Width = 4, Height = 4, PaletteAlpha = [0, 7], Pixel = (_, _) => [7] }.ToArray();

        Assert.False(GrayPng.TryRead(encoded, MostPixels, out _));
    }

    [Theory]
    [InlineData(783)]
    [InlineData(0)]
    public void TryRead_MorePixelsThanTheLimit_IsRefused(long maxPixels) =>
        Assert.False(GrayPng.TryRead(Random(new(1), 28, 28, _ => 0), maxPixels, out _));

    private static byte[] Random(Random random, int width, int height, Func<int, byte> filter) =>
        new PngWriter { Width = width, Height = height, Filter = filter, Pixel = (_, _) => [random.Next(256)] }.ToArray();

    private static byte[]? BySkia(byte[] encoded)
    {
        using var data = SKData.CreateCopy(encoded);
        using var codec = SKCodec.Create(data);
        if (codec?.Info.ColorType != SKColorType.Gray8)
            return null;
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Gray8, SKAlphaType.Opaque);
        return codec.GetPixels(info, out var pixels) == SKCodecResult.Success ? pixels : null;
    }

    private static byte[] WithSoundChecksums(byte[] png)
    {
        var at = 8;
        while (at + 12 <= png.Length
            && BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at)) is var length && length <= png.Length - at - 12)
        {
            var end = at + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(end), PngWriter.Crc(png.AsSpan(at + 4, end - at - 4)));
            at = end + 4;
        }
        return png;
    }
}
