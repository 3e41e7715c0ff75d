using LeNetServe.Imaging;
using LeNetServe.TestPictures;
using SkiaSharp;

namespace LeNetServe.Tests.Imaging;

public sealed class ImageDecoderTests
{
    private static readonly ImagePreprocessor Rgb = new(new() { Input = new(3, 32, 32) });

    public static TheoryData<string> Jpegs => new(
        "color.jpg", "cmyk.jpg", "progressive.jpg", "restarts.jpg", "progressive-restarts.jpg", "scans.jpg");

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void Decode_JpegWithoutEndMarker_IsReadIfEveryPixelIsThere(string fileName)
    {
        var encoded = Of(fileName);
        var whole = Rgb.Process(encoded);

        Assert.Equal(whole, Rgb.Process(encoded.AsSpan(0, encoded.Length - 2)));
        Assert.Equal(whole, Rgb.Process((byte[])[.. encoded[..^2], .. new byte[500]]));
    }

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void Decode_JpegCutAnywhere_IsTruncatedEvenWithZerosAfterTheCut(string fileName)
    {
        var encoded = Of(fileName);
        var whole = Rgb.Process(encoded);

        for (var length = 4; length < encoded.Length - 2; length++)
            foreach (var zeros in new[] { 0, 10_000 })
                try
                {
                    // The last byte may hold nothing but padding.
                    Assert.Equal(whole, Rgb.Process((byte[])[.. encoded[..length], .. new byte[zeros]]));
                    Assert.InRange(length, encoded.Length - 4, encoded.Length);
                }
                catch (ImageException exception)
                {
                    Assert.Equal(ImageFault.Truncated, exception.Fault);
                }
    }

    [Theory]
    [InlineData("color.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("restarts.jpg")]
    public void Decode_BaselineJpegWithAnEarlyEndMarker_IsTruncated(string fileName)
    {
        var encoded = Of(fileName);
        byte[] end = [0xff, 0xd9];

        var start = encoded.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xff, 0xda]) + 16;
        for (var length = start; length < encoded.Length - 2; length++)
            try
            {
                Rgb.Process((byte[])[.. encoded[..length], .. end]);
                // A cut inside of the last block, one of four, is not noticed.
                Assert.InRange(length, encoded.Length - (encoded.Length - start) / 3, encoded.Length);
            }
            catch (ImageException exception)
            {
                Assert.Equal(ImageFault.Truncated, exception.Fault);
            }
    }

    [Theory]
    [InlineData("progressive.jpg")]
    [InlineData("progressive-restarts.jpg")]
    [InlineData("scans.jpg")]
    public void Decode_JpegOfManyScansWithAnEarlyEndMarker_IsTruncated(string fileName)
    {
        var encoded = Of(fileName);
        var whole = Rgb.Process(encoded);
        byte[] end = [0xff, 0xd9];

        var start = encoded.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xda]) + 16;
        for (var length = start; length < encoded.Length - 2; length++)
            try
            {
                // The last bytes may hold nothing but padding.
                Assert.Equal(whole, Rgb.Process((byte[])[.. encoded[..length], .. end]));
                Assert.InRange(length, encoded.Length - 6, encoded.Length);
            }
            catch (ImageException exception)
            {
                Assert.Equal(ImageFault.Truncated, exception.Fault);
            }
    }

    /// <summary>Each scan passes over all pixels: 34 kB of them took seconds.</summary>
    [Fact]
    public void Decode_JpegWhoseManyScansPassOverMorePixels_IsTooLarge()
    {
        var encoded = Of("progressive.jpg");
        var scan = encoded.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xda]);
        var pixels = JpegFile.Pixels(encoded);
        byte[] many = [.. encoded[..scan], .. Enumerable.Repeat(encoded[scan..^2], 10).SelectMany(bytes => bytes), 0xff, 0xd9];
        var (scans, _) = JpegFile.Extent(many);

        var exception = Assert.Throws<ImageException>(() => ImageDecoder.Decode(many, 3, maxPixels: pixels));

        Assert.Equal(ImageFault.TooLarge, exception.Fault);
        Assert.Equal(
            $"the JPEG has {scans} scans of {pixels} pixels, expected at most 16 times {pixels} pixels in all", exception.Message);
        ImageDecoder.Decode(encoded, 3, maxPixels: pixels).Dispose();
        // Below the limit the decoder looks at them, and finds that each bit is there twice.
        Assert.Equal(
            ImageFault.Damaged, Assert.Throws<ImageException>(() => ImageDecoder.Decode(many, 3, pixels * scans / 16 + 1)).Fault);
    }

    [Theory]
    [InlineData(0xc3, 8, "the JPEG is lossless or hierarchical")]
    [InlineData(0xc1, 12, "the JPEG has samples of 12 bits")]
    [InlineData(0xcb, 8, "the JPEG is lossless or hierarchical")]
    public void Decode_JpegOfARareKind_SaysSo(byte frame, byte bits, string found)
    {
        var encoded = Of("color.jpg");
        var place = encoded.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0]);
        encoded[place + 1] = frame;
        encoded[place + 4] = bits;

        var exception = Assert.Throws<ImageException>(() => Rgb.Process(encoded));

        Assert.Equal(ImageFault.UnknownFormat, exception.Fault);
        Assert.Equal($"{found}, expected a baseline or progressive one of 8 bits: save it so, or as PNG", exception.Message);
    }

    [Fact]
    public void Decode_JpegOfMediumGray_IsWhole()
    {
        using var bitmap = new SKBitmap(32, 32, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(128, 128, 128));
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);

        Assert.Equal(Enumerable.Repeat((byte)128, 3 * 32 * 32), Rgb.Process(jpeg.ToArray()));
    }

    [Fact]
    public void Decode_SmallGifOnAHugeCanvas_IsRefusedWithoutMemory()
    {
        byte[] encoded =
        [
            .. "GIF89a"u8, 0xa0, 0x0f, 0xa0, 0x0f, 0x80, 0, 0, 0, 0, 0, 255, 255, 255,
            0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b,
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();

        var exception = Assert.Throws<ImageException>(() => Rgb.Process(encoded));

        Assert.Equal(ImageFault.Truncated, exception.Fault);
        var bound = $"the file's {encoded.Length} bytes can hold ({encoded.Length * 32768L / 12})";
        Assert.Equal($"the GIF header says 4000×4000 = 16000000 pixels, more than {bound}", exception.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Decode_SmallestPictureOfOneColor_IsReadInEveryFormat()
    {
        var gray = new ImagePreprocessor(new() { Input = new(1, 32, 32) });
        using var bitmap = new SKBitmap(3_000, 3_000, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.Erase(SKColors.Black);
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 10);

        Assert.Equal(0, gray.Process(jpeg.ToArray())[500]);
        Assert.Equal(0, gray.Process(new PngWriter { Width = 1_000, Height = 1_000, Depth = 1, Pixel = (_, _) => [0] }.ToArray())[500]);
    }

    [Theory]
    [InlineData("0qSBTHX/2Q==", 200)]
    [InlineData("HreA/9k=", 128)]
    public void Decode_ArithmeticJpegOfOneColor_IsReadAlthoughItIsShort(string data, byte level)
    {
        var encoded = Convert.FromBase64String(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAx"
            + "NDQ0Hyc5PTgyPC4zNDL/yQALCAPoA+gBAREA/8wABgAQEAX/2gAIAQEAAD8A" + data);

        Assert.Equal(Enumerable.Repeat(level, 3 * 32 * 32), Rgb.Process(encoded));
    }

    [Fact]
    public void Decode_ArithmeticJpegWithoutItsEndMarker_IsTruncated()
    {
        var encoded = Convert.FromBase64String(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDA"
            + "sKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/ygARCAAg"
            + "ACADASIAAhEBAxEB/8wABgAQARD/2gAMAwEAAhADEAAAAf8A58K8e/IPRSPK0Pq4Q3Zdxj/rBWBDEBVWqTa2c4yngP/MAAQQBf/aAAgBAQABBQ"
            + "IV9/I3omtMPMX7qwBDMmwsKdXkMOraSTfBT9QPROw9ikZqZVDw/8wABBEF/9oACAEDAQE/ARaWuaX0nMIAzuSW8wLEO61t7H0owdub89AbLSYy"
            + "5iapewRdPNf3wy7o3Azom1yq+vdDsPxyQXwXwP/MAAQRBf/aAAgBAgEBPwFDbFdg+KrZK90wCS+Xp8ZJO6JKxztDMoD/zAAEEAX/2gAIAQEABj"
            + "8CYcQ2M5lQDFX4RgpmDuUU0wq9uar/zAAEEAX/2gAIAQEAAT8hJ4Re/f8A01EdIxknT16DkoxeSfRVNfMtkVr4/9oADAMBAAIAAwAAABAZiWOA"
            + "/8wABBEF/9oACAEDAQE/ECBE4rx512Q6zM8m1hGW0AOEG1KiudyQdzD/zAAEEQX/2gAIAQIBAT8Q9FqebcuEClP8pRTi1I9dO/N/8Ei8cP/MAA"
            + "QQBf/aAAgBAQABPxBWVbWlJdi4xgxJuUitbWKklcXgRSA14JV0zbmd0g3qgJObXcr/2Q==");
        Assert.NotEmpty(Rgb.Process(encoded));

        for (var cut = 1; cut < 200; cut++)
            Assert.Equal(ImageFault.Truncated, Assert.Throws<ImageException>(() => Rgb.Process(encoded.AsSpan(..^cut))).Fault);
    }

    [Fact]
    public void Decode_BmpCutBeforeItsPixels_IsTruncated()
    {
        var encoded = Convert.FromHexString("424d420400000000000036040000" + "28000000" + "0400000004000000" + "01000800" + "00000000"
            + "10000000" + "00000000" + "00000000" + "00000000" + "00000000" + new string('7', 2 * 1024) + new string('1', 2 * 12));

        for (var length = 1; length < encoded.Length; length++)
            Assert.Equal(ImageFault.Truncated, Assert.Throws<ImageException>(() => Rgb.Process(encoded.AsSpan(..length))).Fault);
    }

    [Theory]
    [InlineData("zTXt")]
    [InlineData("iTXt")]
    [InlineData("iCCP")]
    public void Decode_PngWithCompressedTexts_LeavesThemToNoDecoder(string type)
    {
        byte[] png = new PngWriter { Width = 32, Height = 32, Color = PngColor.Rgb, Pixel = (x, y) => [x, y, 9] }.ToArray();
        const int headerEnd = 33;
        byte[] content = [.. System.Text.Encoding.ASCII.GetBytes(type), .. "Comment\0\0"u8, 0x78, 0x9c, 0x03, 0, 0, 0, 0, 1];
        byte[] chunk = [0, 0, 0, (byte)(content.Length - 4), .. content, .. BitConverter.GetBytes(PngWriter.Crc(content)).Reverse()];
        byte[] withTexts = [.. png[..headerEnd], .. chunk, .. chunk, .. png[headerEnd..^12], .. chunk, .. png[^12..]];

        Assert.Equal(png, ImageFile.WithoutTexts(withTexts).ToArray());
        Assert.Equal(png, ImageFile.WithoutTexts(png).ToArray());
        Assert.Equal(Rgb.Process(png), Rgb.Process(withTexts));
    }

    [Theory]
    [InlineData(0, 70, 124)]
    [InlineData(1, 254, 124)]
    [InlineData(0, 70, 108)]
    [InlineData(1, 254, 108)]
    [InlineData(0, 70, 56)]
    [InlineData(1, 254, 56)]
    public void Decode_BmpWithAlpha_IsOpaqueIfEveryAlphaIsZero(byte lastAlpha, int expected, int headerBytes)
    {
        var encoded = BmpWriter.WriteWithAlpha(32, 32, (x, y) => (70, 70, 70, x + y == 62 ? lastAlpha : (byte)0), headerBytes);

        var pixels = Rgb.Process(encoded);

        Assert.InRange(pixels[1023], expected - 1, expected + 1);
        Assert.Equal(lastAlpha == 0 ? 70 : 255, pixels[0]);
    }

    private static byte[] Of(string fileName) => [.. OddPicture.All.Single(picture => picture.FileName == fileName).Encoded];
}
