using LeNetServe.Imaging;
using LeNetServe.TestPictures;
using SkiaSharp;

namespace LeNetServe.Tests.Imaging;

public sealed class PictureSizeTests
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Png, 100)]
    [InlineData(SKEncodedImageFormat.Jpeg, 80)]
    [InlineData(SKEncodedImageFormat.Webp, 80)]
    [InlineData(SKEncodedImageFormat.Webp, 100)]
    public void Pixels_EncodedPicture_AreThoseOfTheHeader(SKEncodedImageFormat format, int quality)
    {
        using var bitmap = new SKBitmap(310, 77);
        using var data = bitmap.Encode(format, quality);

        Assert.Equal(310 * 77, PictureSize.Pixels(data.ToArray()));
        for (var length = 0; length < Math.Min(40, data.Size); length++)
            Assert.True(PictureSize.Pixels(data.AsSpan()[..length]) is 0 or (310 * 77));
    }

    [Fact]
    public void Pixels_GifAndBmp_AreThoseOfTheHeader()
    {
        byte[] gif = [.. "GIF89a"u8, 0xa0, 0x0f, 0xa0, 0x0f, 0, 0, 0];
        byte[] bmp = [.. "BM"u8, .. new byte[12], 40, 0, 0, 0, 5, 0, 0, 0, 0xf9, 0xff, 0xff, 0xff];

        Assert.Equal(16_000_000, PictureSize.Pixels(gif));
        Assert.Equal(35, PictureSize.Pixels(bmp));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pixels_Tiff_AreThoseOfItsFirstPage(bool isBigEndian)
    {
        var tiff = new TiffWriter { Width = 31, Height = 7, Pixel = (_, _) => [0], IsBigEndian = isBigEndian }.ToArray();

        Assert.Equal(217, PictureSize.Pixels(tiff));
    }

    [Fact]
    public void Pixels_RandomBytes_NeverThrow()
    {
        var random = new Random(1);
        byte[][] starts = [[0xff, 0xd8], [.. "RIFF1234WEBPVP8X"u8], [.. "BM"u8], [.. "GIF8"u8], [.. "II*\0"u8], [0x89, 0x50, 0x4e, 0x47]];
        var bytes = new byte[64];
        for (var trial = 0; trial < 2_000; trial++)
        {
            random.NextBytes(bytes);
            starts[trial % starts.Length].CopyTo(bytes, 0);
            Assert.True(PictureSize.Pixels(bytes.AsSpan(0, random.Next(bytes.Length))) >= 0);
        }
    }
}
