using CsCheck;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.TestPictures;
using SkiaSharp;

namespace LeNetServe.Tests.Imaging;

public sealed class ImagePreprocessorTests
{
    private static readonly ImagePreprocessor Gray = new(new() { Input = new(1, 32, 32) });
    private static readonly ImagePreprocessor Rgb = new(new() { Input = new(3, 32, 32) });
    private static readonly ImagePreprocessor Digit = new(new() { Input = new(1, 32, 32), Geometry = Geometry.Digit, ContentSize = 28 });
    private static readonly ImagePreprocessor Unresized = new(new() { Input = new(1, 32, 32), Geometry = Geometry.None, ContentSize = 28 });

    public static TheoryData<string> OddPictures => [.. OddPicture.All.Select(picture => picture.FileName)];

    [Theory]
    [MemberData(nameof(OddPictures))]
    public void Process_OddPicture_IsReadOrRefusedWithItsFault(string fileName)
    {
        var picture = OddPicture.All.Single(candidate => candidate.FileName == fileName);

        foreach (var preprocessor in new[] { Gray, Rgb, Digit })
            if (picture.Fault is { } fault)
                Assert.Equal(fault, Assert.Throws<ImageException>(() => preprocessor.Process(picture.Encoded)).Fault);
            else
                Assert.True(preprocessor.Process(picture.Encoded).Distinct().Count() > 1);
    }

    [Theory]
    [InlineData("gray.png")]
    [InlineData("interlaced.png")]
    [InlineData("gray-16-bit.png")]
    [InlineData("gray-alpha.png")]
    [InlineData("rgb.png")]
    [InlineData("rgb-16-bit.png")]
    [InlineData("alpha.png")]
    [InlineData("gray.bmp")]
    [InlineData("animated.gif")]
    [InlineData("png-inside.jpg")]
    public void Process_LosslessPictureOfTheModelsSize_GivesTheExactPixels(string fileName)
    {
        var encoded = OddPicture.All.Single(picture => picture.FileName == fileName).Encoded;

        var gray = Gray.Process(encoded);
        var rgb = Rgb.Process(encoded);

        Assert.Equal(Enumerable.Range(0, 1024).Select(place => OddPicture.Level(place % 32, place / 32)), gray);
        Assert.Equal([.. gray, .. gray, .. gray], rgb);
    }

    [Fact]
    public void Process_Palette_GivesItsColors()
    {
        var pixels = Rgb.Process(OddPicture.All.Single(picture => picture.FileName == "palette.png").Encoded);

        Assert.Equal([10, 40, 70, 100], pixels[..4]);
        Assert.Equal([20, 50, 80, 110], pixels[1024..1028]);
        Assert.Equal([30, 60, 90, 120], pixels[2048..2052]);
    }

    [Fact]
    public void Process_TransparentPalette_LaysItOnWhite()
    {
        var pixels = Rgb.Process(OddPicture.All.Single(picture => picture.FileName == "palette-transparent.png").Encoded);

        // Entry 0 is transparent, entry 1 has the alpha 128: 40·128/255 + 255·127/255 = 147.
        Assert.Equal([255, 147, 70, 100], pixels[..4]);
    }

    [Fact]
    public void Process_CmykJpeg_ReadsItsInks()
    {
        var encoded = CmykJpegWriter.Write(
            4, 4, (x, y) => ((byte)(x == 1 ? 255 : 0), (byte)(x == 2 ? 255 : 0), 0, (byte)(x == 3 ? 255 : 0)));

        var pixels = Rgb.Process(encoded);

        int[] At(int column) => [pixels[column], pixels[1024 + column], pixels[2048 + column]];
        Assert.Equal([255, 255, 255], At(4));
        Assert.Equal([0, 255, 255], At(12));
        Assert.Equal([255, 0, 255], At(20));
        Assert.Equal([0, 0, 0], At(28));
    }

    [Fact]
    public void Process_Color_BecomesGrayByBt601()
    {
        (byte, byte, byte)[] colors = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (200, 100, 50)];
        var encoded = BmpWriter.Write(32, 32, (x, _) => colors[x % 5]);

        // 0.299 R + 0.587 G + 0.114 B
        Assert.Equal([76, 150, 29, 255, 124], Gray.Process(encoded)[..5]);
    }

    [Fact]
    public void Process_ContentSize_IsPaddedWithTheBackground()
    {
        var preprocessor = new ImagePreprocessor(new() { Input = new(1, 32, 32), ContentSize = 28, Background = 9 });

        var pixels = preprocessor.Process(new PngWriter { Width = 28, Height = 28, Pixel = (x, y) => [100 + x] }.ToArray());

        Assert.All(pixels[..64], pixel => Assert.Equal(9, pixel));
        Assert.Equal([9, 9, 100, 101], pixels[64..68]);
    }

    [Fact]
    public void Process_AnotherSizeWithoutGeometry_IsRefusedWithBothSizes()
    {
        var exception = Assert.Throws<ImageException>(
            () => Unresized.Process(new PngWriter { Width = 30, Height = 20, Pixel = (_, _) => [1] }.ToArray()));

        Assert.Equal((ImageFault.WrongSize, "wrong_size"), (exception.Fault, exception.FaultName));
        Assert.Equal("the picture is 30×20 pixels, expected 32×32 or 28×28", exception.Message);
    }

    [Fact]
    public void Process_AnotherSizeForAModelWithoutBorder_NamesTheOneSizeOnce()
    {
        var preprocessor = new ImagePreprocessor(new() { Input = new(1, 32, 32), ContentSize = 32, Geometry = Geometry.None });

        var exception = Assert.Throws<ImageException>(
            () => preprocessor.Process(new PngWriter { Width = 28, Height = 21, Pixel = (_, _) => [1] }.ToArray()));

        Assert.Equal("the picture is 28×21 pixels, expected 32×32", exception.Message);
    }

    [Theory]
    [InlineData("89504e471ac253f8aabbccdd", "the PNG has lost its line ends", ": with curl send it by --data-binary")]
    [InlineData("89504e470a1a0a0000000d49", "the PNG has lost its line ends", ": with curl send it by --data-binary")]
    [InlineData("000000186674797068656963", "the picture is HEIC", ": save it as JPEG")]
    [InlineData("0000001c6674797061766966", "the picture is AVIF", ": save it as JPEG")]
    [InlineData("78", "the picture starts with the text \"x\"")]
    [InlineData("68656c6c6f", "the picture starts with the text \"hello\"")]
    [InlineData("0102", "the picture starts with the bytes 0102")]
    [InlineData("76657273696f6e2068747470733a2f2f6769742d6c66732e6769746875622e636f6d2f", "the file is a pointer of Git LFS",
        ": fetch it by git lfs pull")]
    [InlineData("0a3c21444f43545950452068746d6c3e", "the file is an HTML page", ": fetch it anew")]
    [InlineData("efbbbf3c68746d6c3e", "the file is an HTML page", ": fetch it anew")]
    [InlineData("255044462d312e37", "the file is a PDF", ": save its page as PNG")]
    [InlineData("49492b0008000000", "the picture is BigTIFF", ": save it as TIFF or PNG")]
    [InlineData("0000010001002020", "the picture is ICO", ": save it as PNG")]
    [InlineData("0000000c6a5020200d0a870a", "the picture is JPEG 2000", ": save it as JPEG")]
    [InlineData("ff0afa7f0190", "the picture is JPEG XL", ": save it as JPEG")]
    [InlineData("50360a33322033320a3235350a", "the picture is PNM", ": save it as PNG")]
    [InlineData("1f8b080000000000", "the file is compressed by gzip", ": unpack it")]
    [InlineData("425a6839314159", "the file is compressed by bzip2", ": unpack it")]
    [InlineData("fd377a585a000004", "the file is compressed by xz", ": unpack it")]
    [InlineData("504b0304140000", "the file is a zip archive", ": unpack it")]
    [InlineData("3c3f786d6c3f3e3c7376672f3e", "the picture is SVG", ": save it as PNG")]
    [InlineData("000516070002000000000000", "the file is macOS's AppleDouble data beside a picture", ": leave it out")]
    [InlineData("0000001c6674797069736f6d", "the file is a video", ": save a frame as PNG")]
    [InlineData("52494646100000004156492054", "the file is a video", ": save a frame as PNG")]
    [InlineData("1a45dfa39f4286810142f781", "the file is a video", ": save a frame as PNG")]
    [InlineData("0000001866747970637278200000", "the picture is the raw file of a camera", ": save it as JPEG")]
    [InlineData("4949550018000000", "the picture is the raw file of a camera", ": save it as JPEG")]
    [InlineData("252150532d41646f6265", "the picture is PostScript", ": save it as PNG")]
    [InlineData("3c21444f435459504520737667205055", "the picture is SVG", ": save it as PNG")]
    [InlineData("3c212d2d206d616465202d2d3e0a3c7376673e", "the picture is SVG", ": save it as PNG")]
    [InlineData("6956424f5277304b47676f41", "the file is a PNG in base64", ": decode it")]
    [InlineData("efbfbd504e470d0a1a0a", "the bytes were read as text, which changes them", ": read and send the file as bytes")]
    [InlineData("c3bfc398c3bfc3a0", "the bytes were read as text, which changes them", ": read and send the file as bytes")]
    [InlineData("0000001c6674797078787878", "the picture starts with the bytes 0000001c66747970")]
    [InlineData("7b22696d616765223a20227822207d", "the picture starts with the text \"{\"image\": \"x\" }\"")]
    [InlineData("54657874206f6e652c0a74776f2e", "the picture starts with the text \"Text one,\"")]
    [InlineData("5465787400010203040506070809", "the picture starts with the bytes 5465787400010203")]
    public void Process_AFileThatIsNotRead_SaysWhatItIs(string encoded, string found, string advice = "")
    {
        var exception = Assert.Throws<ImageException>(() => Gray.Process(Convert.FromHexString(encoded)));

        Assert.Equal(ImageFault.UnknownFormat, exception.Fault);
        Assert.Equal($"{found}, expected a whole PNG, JPEG, BMP, GIF, WebP or TIFF file{advice}", exception.Message);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(99, false)]
    public void Process_PixelLimit_IsCheckedAgainstTheHeader(long limit, bool accepted)
    {
        var encoded = new PngWriter { Width = 10, Height = 10, Pixel = (_, _) => [1] }.ToArray();
        var preprocessor = new ImagePreprocessor(Gray.Spec, limit);

        if (accepted)
            Assert.Equal(1, preprocessor.Process(encoded)[0]);
        else
            Assert.Equal(
                "the PNG header says 10×10 = 100 pixels, expected at most 99",
                Assert.Throws<ImageException>(() => preprocessor.Process(encoded)).Message);
    }

    [Fact]
    public void Process_HugeHeader_TakesNoMemory()
    {
        var huge = OddPicture.All.Single(picture => picture.FileName == "huge.png").Encoded;
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ImageException>(() => Gray.Process(huge));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("gray.png")]
    [InlineData("interlaced.png")]
    [InlineData("color.jpg")]
    [InlineData("color.webp")]
    [InlineData("animated.gif")]
    [InlineData("gray.bmp")]
    [InlineData("cmyk.jpg")]
    public void Process_TruncatedAnywhere_IsRefusedUnlessEveryPixelIsThere(string fileName)
    {
        var encoded = OddPicture.All.Single(picture => picture.FileName == fileName).Encoded;
        var whole = Rgb.Process(encoded);

        for (var length = 0; length < encoded.Length; length++)
            try
            {
                Assert.Equal(whole, Rgb.Process(encoded.AsSpan(0, length)));
            }
            catch (ImageException exception)
            {
                Assert.Equal(ImageFault.Truncated, exception.Fault);
            }
    }

    [Fact]
    public void Process_AnyDamage_ThrowsNothingButImageException()
    {
        var readable = OddPicture.All.Where(picture => picture.Fault is null).Select(picture => picture.Encoded).ToArray();
        var small = new ImagePreprocessor(Gray.Spec, maxPixels: 1 << 20);
        Gen.Select(Gen.Int[0, readable.Length - 1], Gen.Select(Gen.Int[0, 100_000], Gen.Byte).Array[1, 5], Gen.Double[0, 2]).Sample(
            (file, changes, share) =>
            {
                var encoded = readable[file].ToArray();
                foreach (var (place, value) in changes)
                    encoded[place % encoded.Length] = value;
                try
                {
                    small.Process(encoded.AsSpan(0, (int)(encoded.Length * Math.Min(1, share))));
                }
                catch (ImageException)
                {
                }
            },
            iter: 3_000);
    }

    [Theory]
    [InlineData(1, new byte[] { 1, 2, 3, 4, 5, 6 }, 3)]
    [InlineData(2, new byte[] { 3, 2, 1, 6, 5, 4 }, 3)]
    [InlineData(3, new byte[] { 6, 5, 4, 3, 2, 1 }, 3)]
    [InlineData(4, new byte[] { 4, 5, 6, 1, 2, 3 }, 3)]
    [InlineData(5, new byte[] { 1, 4, 2, 5, 3, 6 }, 2)]
    [InlineData(6, new byte[] { 4, 1, 5, 2, 6, 3 }, 2)]
    [InlineData(7, new byte[] { 6, 3, 5, 2, 4, 1 }, 2)]
    [InlineData(8, new byte[] { 3, 6, 2, 5, 1, 4 }, 2)]
    public void Process_ExifOrientation_TurnsThePictureUpright(byte orientation, byte[] expected, int width)
    {
        // The stored picture, 3×2 blocks of 8 pixels: 1 2 3 / 4 5 6.
        var jpeg = CmykJpegWriter.Write(3, 2, (x, y) => (0, 0, 0, (byte)(255 - 40 * (3 * y + x + 1))));
        byte[] exif =
            [0xff, 0xe1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        byte[] encoded = [.. jpeg[..2], .. exif, .. jpeg[2..]];
        var height = expected.Length / width;
        var preprocessor = new ImagePreprocessor(new() { Input = new(1, 8 * height, 8 * width), Geometry = Geometry.None });

        var pixels = preprocessor.Process(encoded);

        for (var block = 0; block < expected.Length; block++)
            Assert.Equal(40 * expected[block], pixels[(block / width * 8 + 4) * 8 * width + block % width * 8 + 4]);
    }

    [Fact]
    public void Process_FromManyThreads_GivesTheSamePixels()
    {
        var readable = OddPicture.All.Where(picture => picture.Fault is null).Select(picture => picture.Encoded).ToArray();
        var expected = readable.Select(encoded => Digit.Process(encoded)).ToArray();

        Parallel.For(0, 2_000, index => Assert.Equal(expected[index % readable.Length], Digit.Process(readable[index % readable.Length])));
    }

    [Fact]
    public void Process_RoomOfAnotherSize_Throws() =>
        Assert.Throws<ArgumentException>(() => Gray.Process(OddPicture.All[0].Encoded, new byte[1023]));

    [Fact]
    public void Constructor_TwoChannels_Throws() =>
        Assert.Throws<ArgumentException>(() => new ImagePreprocessor(new() { Input = new(2, 32, 32) }));

    [Theory]
    [InlineData(28, false)]
    [InlineData(28, true)]
    [InlineData(32, false)]
    [InlineData(32, true)]
    public void Process_StrokesAsPng_GivesTheRawImage(int side, bool inverted) =>
        AssertExact(StrokeDigits.Draw(1_000, seed: 3, stream: 0, CancellationToken.None), side, inverted);

    [Theory]
    [InlineData(28, false)]
    [InlineData(28, true)]
    [InlineData(32, false)]
    public void Process_MnistAsPng_GivesTheRawImage(int side, bool inverted)
    {
        var mnist = new DatasetRequest { Name = "mnist", Directory = RealData.Mnist() };
        AssertExact(DatasetCatalog.Open(mnist, TestContext.Current.CancellationToken).Test, side, inverted);
    }

    private static void AssertExact(ImageSet set, int side, bool inverted) => Parallel.For(0, set.Count, index =>
    {
        var image = set.Image(index);
        using var bitmap = new SKBitmap(side, side, SKColorType.Gray8, SKAlphaType.Opaque);
        var margin = (32 - side) / 2;
        for (var row = 0; row < side; row++)
            for (var column = 0; column < side; column++)
            {
                var pixel = image[(row + margin) * 32 + column + margin];
                bitmap.GetPixelSpan()[row * bitmap.RowBytes + column] = (byte)(inverted ? 255 - pixel : pixel);
            }
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        Assert.True(image.SequenceEqual(Digit.Process(png.AsSpan())), $"image {index} differs");
    });
}
