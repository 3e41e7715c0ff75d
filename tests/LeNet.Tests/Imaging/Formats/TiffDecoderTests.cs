using BitMiracle.LibTiff.Classic;
using CsCheck;
using LeNetServe.Imaging;
using LeNetServe.TestPictures;

namespace LeNetServe.Tests.Imaging.Formats;

public sealed class TiffDecoderTests
{
    private static readonly ImagePreprocessor Gray = new(new() { Input = new(1, 32, 32) });
    private static readonly ImagePreprocessor Rgb = new(new() { Input = new(3, 32, 32) });

    private static readonly TiffWriter Plain = new() { Width = 32, Height = 32, Pixel = (x, y) => [OddPicture.Level(x, y)] };

    private static readonly byte[] Levels = [.. Enumerable.Range(0, 1024).Select(place => OddPicture.Level(place % 32, place / 32))];

    [Theory]
    [InlineData(Compression.NONE, 0, false)]
    [InlineData(Compression.NONE, 0, true)]
    [InlineData(Compression.NONE, 16, false)]
    [InlineData(Compression.LZW, 0, false)]
    [InlineData(Compression.LZW, 32, true)]
    [InlineData(Compression.ADOBE_DEFLATE, 0, false)]
    [InlineData(Compression.DEFLATE, 16, true)]
    [InlineData(Compression.PACKBITS, 0, false)]
    public void Decode_Gray_GivesItsPixels(Compression compression, int tile, bool isBigEndian)
    {
        var encoded = (Plain with { Compression = compression, Tile = tile, IsBigEndian = isBigEndian }).ToArray();

        Assert.Equal(Levels, Gray.Process(encoded));
        Assert.Equal((32, 32), ImageDecoder.ReadSize(encoded));
    }

    [Fact]
    public void Decode_PackBitsCutInItsLastRun_IsTruncated()
    {
        var encoded = (Plain with { Compression = Compression.PACKBITS, Pixel = (x, y) => [x * y & 0xff] }).ToArray();
        var whole = Gray.Process(encoded);
        using var tiff = Tiff.ClientOpen("picture", "r", new MemoryStream(encoded), new TiffStream());
        int[] bytes = [.. Enumerable.Range(0, tiff.NumberOfStrips()).Select(strip => (int)tiff.RawStripSize(strip))];
        var counts = encoded.AsSpan().IndexOf([.. bytes.SelectMany(count => BitConverter.GetBytes(count))]);
        Assert.NotEqual(-1, counts);

        for (var cut = 1; cut < bytes[^1]; cut++)
        {
            var shortened = (byte[])encoded.Clone();
            BitConverter.TryWriteBytes(shortened.AsSpan(counts + sizeof(int) * (bytes.Length - 1)), bytes[^1] - cut);

            Assert.Equal(ImageFault.Truncated, Assert.Throws<ImageException>(() => Gray.Process(shortened)).Fault);
        }
        Assert.Equal(whole, Gray.Process(encoded));
    }

    [Theory]
    [InlineData(Photometric.MINISBLACK, 0, 255)]
    [InlineData(Photometric.MINISWHITE, 255, 0)]
    public void Decode_OneBit_GivesBlackAndWhite(Photometric photometric, byte zero, byte one)
    {
        var picture = Plain with { Depth = 1, Photometric = photometric, Pixel = (x, y) => [(x + y) & 1] };

        foreach (var compression in new[] { Compression.NONE, Compression.CCITTFAX3, Compression.CCITTFAX4 })
            Assert.Equal([zero, one, zero, one], Gray.Process((picture with { Compression = compression }).ToArray())[..4]);
    }

    [Fact]
    public void Decode_SixteenBits_GivesTheHighByte() =>
        Assert.Equal(Levels, Gray.Process((Plain with { Depth = 16, Pixel = (x, y) => [257 * OddPicture.Level(x, y)] }).ToArray()));

    [Fact]
    public void Decode_Rgb_GivesItsPlanes()
    {
        foreach (var depth in new[] { 8, 16 })
        {
            var unit = depth == 16 ? 257 : 1;
            var encoded = (Plain with
            {
                Depth = depth,
                Photometric = Photometric.RGB,
                Pixel = (x, y) => [unit * OddPicture.Level(x, y), unit * x, unit * y],
            }).ToArray();

            var pixels = Rgb.Process(encoded);

            Assert.Equal(Levels, pixels[..1024]);
            Assert.Equal(5, pixels[1024 + 5]);
            Assert.Equal(9, pixels[2048 + 9 * 32]);
        }
    }

    [Fact]
    public void Decode_Palette_GivesItsColors()
    {
        var indices = Enumerable.Range(0, 256).ToArray();
        ushort[][] palette =
            [.. new[] { 0, 50, 100 }.Select(offset => Array.ConvertAll(indices, index => (ushort)(257 * ((index + offset) & 255))))];

        var pixels = Rgb.Process((Plain with { Photometric = Photometric.PALETTE, Palette = palette, Pixel = (x, _) => [x] }).ToArray());

        Assert.Equal([7, 57, 107], [pixels[7], pixels[1024 + 7], pixels[2048 + 7]]);
    }

    [Theory]
    [InlineData(ExtraSample.UNASSALPHA, 100, 155 + 40)]
    [InlineData(ExtraSample.ASSOCALPHA, 40, 155 + 40)]
    [InlineData(ExtraSample.UNSPECIFIED, 40, 155 + 40)]
    public void Decode_Alpha_LiesOnWhite(ExtraSample kind, int stored, int expected)
    {
        var picture = Plain with { Photometric = Photometric.RGB, Extra = kind, Pixel = (_, _) => [stored, stored, stored, 100] };

        Assert.InRange(Gray.Process(picture.ToArray())[0], expected - 1, expected + 1);
    }

    [Theory]
    [InlineData(ExtraSample.UNSPECIFIED)]
    [InlineData(ExtraSample.ASSOCALPHA)]
    [InlineData(ExtraSample.UNASSALPHA)]
    public void Decode_AlphaThatIsZeroEverywhere_IsNotAlpha(ExtraSample kind)
    {
        var picture = Plain with { Photometric = Photometric.RGB, Extra = kind, Pixel = (_, _) => [70, 70, 70, 0] };

        Assert.Equal(70, Gray.Process(picture.ToArray())[0]);
    }

    [Theory]
    [InlineData(Photometric.MINISBLACK, ExtraSample.UNASSALPHA, 8, 0, 100)]
    [InlineData(Photometric.MINISBLACK, ExtraSample.UNASSALPHA, 8, 16, 100)]
    [InlineData(Photometric.MINISBLACK, ExtraSample.UNASSALPHA, 16, 0, 257 * 100)]
    [InlineData(Photometric.MINISBLACK, ExtraSample.ASSOCALPHA, 8, 16, 40)]
    [InlineData(Photometric.MINISWHITE, ExtraSample.UNASSALPHA, 8, 0, 155)]
    public void Decode_GrayWithAlpha_LiesOnWhite(Photometric photometric, ExtraSample kind, int depth, int tile, int stored)
    {
        var opaque = depth == 16 ? 65535 : 255;
        var picture = Plain with
        {
            Photometric = photometric,
            Extra = kind,
            Depth = depth,
            Tile = tile,
            Pixel = (x, _) => [stored, x == 0 ? opaque * 2 / 5 : opaque],
        };

        var pixels = Gray.Process(picture.ToArray());

        Assert.InRange(pixels[0], 153 + 40 - 1, 153 + 40 + 1);
        Assert.Equal(kind == ExtraSample.ASSOCALPHA ? 40 : 100, pixels[31 + 32 * 31]);
    }

    /// <summary>The library shifts the rows of such tiles if a pixel has more than one byte.</summary>
    [Theory]
    [InlineData(Photometric.MINISBLACK, 16, 1)]
    [InlineData(Photometric.MINISWHITE, 16, 1)]
    [InlineData(Photometric.MINISBLACK, 8, 2)]
    [InlineData(Photometric.MINISBLACK, 16, 2)]
    [InlineData(Photometric.MINISBLACK, 2, 1)]
    [InlineData(Photometric.RGB, 8, 3)]
    [InlineData(Photometric.RGB, 16, 3)]
    public void Decode_TilesThatStickOut_GivesThePixels(Photometric photometric, int depth, int samples)
    {
        var most = (1 << depth) - 1;
        var black = photometric == Photometric.MINISWHITE ? most : 0;
        var picture = Plain with
        {
            Photometric = photometric,
            Depth = depth,
            Tile = 48,
            Extra = samples == 2 ? ExtraSample.UNSPECIFIED : null,
            Pixel = (x, y) => [.. Enumerable.Repeat(x * y % 7 > 3 ? black : most - black, samples)],
        };

        Assert.Equal(
            Enumerable.Range(0, 1024).Select(place => place % 32 * (place / 32) % 7 > 3 ? (byte)0 : (byte)255),
            Gray.Process(picture.ToArray()));
    }

    [Fact]
    public void Decode_PaletteWithFurtherSamplesInTiles_IsOfAKindThatIsNotRead()
    {
        ushort[] ramp = [.. Enumerable.Range(0, 256).Select(level => (ushort)(257 * level))];
        var picture = Plain with
        {
            Photometric = Photometric.PALETTE,
            Palette = [ramp, ramp, ramp],
            Tile = 48,
            Extra = ExtraSample.UNSPECIFIED,
            Pixel = (x, y) => [OddPicture.Level(x, y), 255],
        };

        Assert.Equal(ImageFault.UnknownFormat, Assert.Throws<ImageException>(() => Gray.Process(picture.ToArray())).Fault);
        Assert.Equal(Levels, Gray.Process((picture with { Tile = 0 }).ToArray()));
    }

    /// <summary>Raw files of cameras are TIFF, and begin with a thumbnail.</summary>
    [Theory]
    [InlineData(FileType.REDUCEDIMAGE, "thumbnail")]
    [InlineData(FileType.MASK, "mask")]
    public void Decode_FirstPageIsAThumbnailOrAMask_IsRefused(FileType subfile, string name)
    {
        var exception = Assert.Throws<ImageException>(() => Gray.Process((Plain with { Subfile = subfile, Pages = 2 }).ToArray()));

        Assert.Equal(
            (ImageFault.UnknownFormat, $"the TIFF's first page is a {name}, expected a picture: save the picture as PNG"),
            (exception.Fault, exception.Message));
        Assert.Equal(Levels, Gray.Process((Plain with { Subfile = FileType.PAGE, Pages = 2 }).ToArray()));
    }

    [Theory]
    [InlineData(SampleFormat.INT)]
    [InlineData(SampleFormat.IEEEFP)]
    public void Decode_SignedOrFloatingPointSamples_AreOfAKindThatIsNotRead(SampleFormat format)
    {
        var exception = Assert.Throws<ImageException>(
            () => Gray.Process((Plain with { Depth = 16, Format = format }).ToArray()));

        Assert.Equal(ImageFault.UnknownFormat, exception.Fault);
        Assert.Equal(
            "the TIFF has signed or floating-point samples, expected unsigned ones of 1 to 16 bits: save it as PNG, or as TIFF with LZW "
            + "and 8 bits", exception.Message);
    }

    [Fact]
    public void Decode_CmykOfSixteenBits_IsOfAKindThatIsNotRead()
    {
        var picture = Plain with { Photometric = Photometric.SEPARATED, Depth = 16, Pixel = (x, y) => [x, y, 0, 0] };

        Assert.Equal(ImageFault.UnknownFormat, Assert.Throws<ImageException>(() => Gray.Process(picture.ToArray())).Fault);
    }

    [Theory]
    [InlineData(Compression.NONE)]
    [InlineData(Compression.LZW)]
    [InlineData(Compression.JPEG)]
    [InlineData(Compression.CCITTFAX4)]
    public void Decode_StripThatEndsEarly_IsTruncated(Compression compression)
    {
        var isFax = compression == Compression.CCITTFAX4;
        var picture = Plain with { Height = 5, Compression = compression, Depth = isFax ? 1 : 8, Pixel = (x, y) => [(x ^ y) & 1] };
        var encoded = picture.ToArray();
        SetTag(encoded, 279, GetTag(encoded, 279) / 2);

        Assert.Equal(ImageFault.Truncated, Assert.Throws<ImageException>(() => Gray.Process(encoded)).Fault);
    }

    [Fact]
    public void Decode_SeveralPages_GivesTheFirst() => Assert.Equal(Levels, Gray.Process((Plain with { Pages = 3 }).ToArray()));

    [Fact]
    public void Decode_ThirtyTwoBits_IsOfAKindThatIsNotRead()
    {
        var encoded = Plain.ToArray();
        SetTag(encoded, 258, 32);

        var exception = Assert.Throws<ImageException>(() => Gray.Process(encoded));

        Assert.Equal(ImageFault.UnknownFormat, exception.Fault);
        Assert.Equal(
            "the TIFF has 1 samples of 32 bits per pixel, expected samples of 1, 2, 4, 8 or 16 bits: save it as PNG, or as TIFF with LZW "
            + "and 8 bits", exception.Message);
    }

    [Theory]
    [InlineData(256, 60_000, ImageFault.TooLarge)]
    [InlineData(278, 1, ImageFault.Damaged)]
    [InlineData(256, 0, ImageFault.Damaged)]
    public void Decode_HostileNumber_IsRefusedWithoutMemory(int tag, int value, ImageFault fault)
    {
        var tall = Plain with { Height = 4_000, Width = 1, Compression = Compression.CCITTFAX4, Depth = 1, Pixel = (_, _) => [0] };
        var encoded = tall.ToArray();
        SetTag(encoded, tag, value);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(fault, Assert.Throws<ImageException>(() => Gray.Process(encoded)).Fault);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(Compression.NONE)]
    [InlineData(Compression.PACKBITS)]
    [InlineData(Compression.LZW)]
    public void Decode_StripsThatAreTheWholeFileEach_OverlapAndAreRefused(Compression compression)
    {
        var encoded = (Plain with { Compression = compression }).ToArray();
        for (var strip = 0; strip < (32 + 4) / 5; strip++)
        {
            BitConverter.TryWriteBytes(encoded.AsSpan(GetTag(encoded, 273) + (sizeof(int) * strip)), 8);
            BitConverter.TryWriteBytes(encoded.AsSpan(GetTag(encoded, 279) + (sizeof(int) * strip)), encoded.Length - 8);
        }

        Assert.EndsWith("its parts overlap", Refused(encoded));
    }

    [Fact]
    public void Decode_TilesThatShareTheirBytes_AreRead()
    {
        var encoded = (Plain with { Tile = 16, Compression = Compression.LZW, Pixel = (_, _) => [7] }).ToArray();
        var offsets = GetTag(encoded, 324);
        for (var tile = 1; tile < 4; tile++)
            encoded.AsSpan(offsets, sizeof(int)).CopyTo(encoded.AsSpan(offsets + (sizeof(int) * tile)));

        Assert.Equal(Enumerable.Repeat((byte)7, 1024), Gray.Process(encoded));
    }

    [Fact]
    public void Decode_JpegOfManyScans_IsRefused()
    {
        var encoded = (Plain with { Height = 5, Compression = Compression.JPEG }).ToArray();
        var strip = encoded.AsSpan(GetTag(encoded, 273), GetTag(encoded, 279));
        var scan = strip[strip.IndexOf((ReadOnlySpan<byte>)[0xff, 0xda])..^2];
        byte[] jpeg = [.. strip[..^2], .. Enumerable.Repeat(scan.ToArray(), 16).SelectMany(bytes => bytes), 0xff, 0xd9];
        SetTag(encoded, 273, encoded.Length);
        SetTag(encoded, 279, jpeg.Length);

        Assert.EndsWith("its JPEG has 17 scans, expected at most 16", Refused([.. encoded, .. jpeg]));
    }

    [Fact]
    public void Decode_DirectoryThatReadersTakeDifferently_IsRefused()
    {
        var twice = Plain.ToArray();
        BitConverter.TryWriteBytes(twice.AsSpan(Entry(twice, 284)), (ushort)279);
        var odd = Plain.ToArray();
        const ushort long8 = 16;
        BitConverter.TryWriteBytes(odd.AsSpan(Entry(odd, 279) + 2), long8);

        Assert.EndsWith("a tag is there twice", Refused(twice));
        Assert.EndsWith("the places of its parts are not whole numbers", Refused(odd));
    }

    [Fact]
    public void Decode_TruncatedAnywhere_IsRefused()
    {
        var encoded = Plain.ToArray();

        for (var length = 0; length < encoded.Length; length++)
            Assert.Equal(ImageFault.Truncated, Assert.Throws<ImageException>(() => Gray.Process(encoded.AsSpan(0, length))).Fault);
    }

    [Fact]
    public void Decode_AnyDamage_ThrowsNothingButImageException()
    {
        byte[][] readable =
        [
            Plain.ToArray(),
            (Plain with { Compression = Compression.LZW, Tile = 16, IsBigEndian = true }).ToArray(),
            (Plain with { Compression = Compression.CCITTFAX4, Depth = 1, Pixel = (x, y) => [x & y & 1] }).ToArray(),
            (Plain with { Compression = Compression.ADOBE_DEFLATE, Photometric = Photometric.RGB, Pixel = (x, y) => [x, y, 9] }).ToArray(),
            (Plain with { Compression = Compression.JPEG }).ToArray(),
        ];
        var small = new ImagePreprocessor(Gray.Spec, maxPixels: 1 << 18);
        Gen.Select(Gen.Int[0, readable.Length - 1], Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[1, 4], Gen.Bool).Sample(
            (file, changes, isAtEnd) =>
            {
                // The directory lies at the end of the file, and the header at its start.
                var encoded = readable[file].ToArray();
                foreach (var (place, value) in changes)
                    encoded[isAtEnd ? encoded.Length - 1 - place % encoded.Length : place % encoded.Length] = value;
                try
                {
                    small.Process(encoded);
                }
                catch (ImageException)
                {
                }
            },
            iter: 5_000);
    }

    private static string Refused(byte[] encoded)
    {
        var exception = Assert.Throws<ImageException>(() => Gray.Process(encoded));
        Assert.Equal(ImageFault.Damaged, exception.Fault);
        return exception.Message;
    }

    private static int GetTag(byte[] encoded, int tag) => BitConverter.ToInt32(encoded, Entry(encoded, tag) + 8);

    private static int Entry(byte[] encoded, int tag)
    {
        var at = BitConverter.ToInt32(encoded, 4) + 2;
        while (BitConverter.ToUInt16(encoded, at) != tag)
            at += 12;
        return at;
    }

    private static void SetTag(byte[] encoded, int tag, int value)
    {
        var at = Entry(encoded, tag);
        BitConverter.TryWriteBytes(encoded.AsSpan(at + 2), (ushort)4);
        BitConverter.TryWriteBytes(encoded.AsSpan(at + 8), value);
    }
}
