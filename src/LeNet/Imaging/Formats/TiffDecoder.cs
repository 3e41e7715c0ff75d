using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace LeNetServe.Imaging;

/// <summary>
/// Decodes the first page of a TIFF file with LibTiff.NET. The sizes in its directory are checked against the file first, so that a short
/// file with huge numbers costs nothing.
/// </summary>
internal static class TiffDecoder
{
    private const int Width = 256, Height = 257, BitsPerSample = 258, SamplesPerPixel = 277, RowsPerStrip = 278;
    private const int StripOffsets = 273, StripBytes = 279, TileWidth = 322, TileHeight = 323, TileOffsets = 324, TileBytes = 325;
    private const int Compression = 259, Interpretation = 262, PlanarConfiguration = 284, SampleFormat = 339;
    private const int OldJpeg = 6, Jpeg = 7, PackBits = 32_773;
    private const int Subfile = 254, Thumbnail = 1, Mask = 4;
    private const int Uncompressed = 1, Palette = 3, Cmyk = 5, YCbCr = 6, SeparatePlanes = 2, UnsignedNumbers = 1, UndefinedNumbers = 4;
    private const string SaveAnew = "save it as PNG, or as TIFF with LZW and 8 bits";
    private const int MaxEntries = 512;
    private const int MaxSamples = 8;
    private const int MaxSide = 1 << 24;

    static TiffDecoder() => Tiff.SetErrorHandler(new LastError());

    /// <summary>Decodes the pixels as they are stored, not yet upright.</summary>
    public static Picture Decode(ReadOnlySpan<byte> encoded, int channels, long maxPixels)
    {
        var (width, height) = ReadSize(encoded);
        ImageDecoder.CheckSize(encoded, ImageFormat.TIFF, width, height, maxPixels);
        CheckLayout(encoded, width, height);
        try
        {
            return DecodePage(encoded.ToArray(), ExifOrientation.Of(encoded, ImageFormat.TIFF), channels, width, height);
        }
        catch (Exception exception) when (exception is not (ImageException or OutOfMemoryException))
        {
            // The library checks little, and a hostile file meets any of the runtime's exceptions.
            throw Damaged(encoded.Length, exception.Message);
        }
    }

    /// <summary>Gets width and height as stored.</summary>
    /// <exception cref="ImageException">The directory cannot be read.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> encoded)
    {
        var directory = TiffDirectory.Read(encoded);
        if (!directory.IsWhole)
            throw Truncated(encoded.Length);
        var (width, height) = (directory.First(Width) ?? 0, directory.First(Height) ?? 0);
        return width is > 0 and <= MaxSide && height is > 0 and <= MaxSide
            ? ((int)width, (int)height)
            : throw Damaged(encoded.Length, $"its first page has a width or height outside of 1 to {MaxSide}");
    }

    private static void CheckLayout(ReadOnlySpan<byte> encoded, int width, int height)
    {
        var directory = TiffDirectory.Read(encoded);
        var bits = directory.First(BitsPerSample) ?? 1;
        var samples = directory.First(SamplesPerPixel) ?? 1;
        if (directory.Count > MaxEntries)
            throw Damaged(encoded.Length, $"{directory.Count} entries, expected at most {MaxEntries}");
        if (directory.HasTwice())
            throw Damaged(encoded.Length, "a tag is there twice");
        if (bits is not (1 or 2 or 4 or 8 or 16) || samples > MaxSamples)
        {
            var found = $"the TIFF has {samples} samples of {bits} bits per pixel";
            throw new ImageException(ImageFault.UnknownFormat, $"{found}, expected samples of 1, 2, 4, 8 or 16 bits: {SaveAnew}");
        }
        var formats = directory.Find(SampleFormat);
        for (var sample = 0; sample < formats.Count; sample++)
            if (formats[sample] is not (UnsignedNumbers or UndefinedNumbers))
                throw new ImageException(
                    ImageFault.UnknownFormat,
                    $"the TIFF has signed or floating-point samples, expected unsigned ones of 1 to 16 bits: {SaveAnew}");
        if (directory.First(Interpretation) == Cmyk && (bits != 8 || directory.First(PlanarConfiguration) == SeparatePlanes))
            throw new ImageException(
                ImageFault.UnknownFormat, $"the TIFF has CMYK in planes or of 16 bits, expected 8 bits in one plane: {SaveAnew}");
        if ((directory.First(Subfile) ?? 0) is var subfile && (subfile & (Thumbnail | Mask)) != 0)
            throw new ImageException(
                ImageFault.UnknownFormat,
                $"the TIFF's first page is a {((subfile & Mask) != 0 ? "mask" : "thumbnail")}, expected a picture: "
                + "save the picture as PNG");
        var isTiled = directory.First(TileWidth) is not null;
        if (isTiled && samples > 1 && directory.First(Interpretation) == Palette)
            throw new ImageException(
                ImageFault.UnknownFormat, $"the TIFF has a palette, further samples and tiles, expected strips: {SaveAnew}");
        long partWidth = isTiled ? directory.First(TileWidth) ?? 0 : (uint)width;
        long partHeight = directory.First(isTiled ? TileHeight : RowsPerStrip) ?? (isTiled ? 0 : (uint)height);
        if (!isTiled)
            partHeight = Math.Min(partHeight, height);
        // Tiles stick out of the picture by less than a tile, whose side is a multiple of 16.
        if (partWidth < 1 || partHeight < 1 || partWidth > width + 65_535L || partHeight > height + 65_535L
            || partWidth * partHeight > Math.Max(4L * width * height, 1 << 20)
            || ((width + partWidth - 1) / partWidth) * ((height + partHeight - 1) / partHeight) > encoded.Length)
            throw Damaged(encoded.Length, $"parts of {partWidth}×{partHeight} pixels do not suit {width}×{height}");
        var offsets = directory.Find(isTiled ? TileOffsets : StripOffsets);
        var bytes = directory.Find(isTiled ? TileBytes : StripBytes);
        var planeSamples = directory.First(PlanarConfiguration) == SeparatePlanes ? 1 : samples;
        var rowBytes = (partWidth * bits * planeSamples + 7) / 8;
        var compression = directory.First(Compression) ?? Uncompressed;
        var isRaw = compression == Uncompressed && directory.First(Interpretation) != YCbCr;
        var partsOfPlane = (height + partHeight - 1) / partHeight;
        if (offsets.Count == 0 || (bytes.Count == 0 && directory.Has(isTiled ? TileBytes : StripBytes)))
            throw Damaged(encoded.Length, "the places of its parts are not whole numbers");
        // Parts may share bytes, such as those of an empty tile, and each part is read anew.
        var room = encoded.Length + (long)width * height * samples * bits / 8;
        for (var part = 0; part < bytes.Count; part++)
            if ((room -= bytes[part]) < 0)
                throw Damaged(encoded.Length, "its parts overlap");
        for (var part = 0; part < Math.Min(offsets.Count, bytes.Count); part++)
        {
            var rows = isTiled ? partHeight : Math.Min(partHeight, height - part % partsOfPlane * partHeight);
            // A count of zero is an unknown one, which the library computes.
            if (offsets[part] + (long)bytes[part] > encoded.Length || (isRaw && bytes[part] > 0 && bytes[part] < rows * rowBytes)
                || (compression == PackBits && EndsInARun(encoded.Slice((int)offsets[part], (int)bytes[part]))))
                throw Truncated(encoded.Length);
            if (compression is OldJpeg or Jpeg
                && JpegFile.Extent(encoded.Slice((int)offsets[part], (int)bytes[part])).Scans is > JpegFile.ManyScans and var scans)
                throw Damaged(encoded.Length, $"its JPEG has {scans} scans, expected at most {JpegFile.ManyScans}");
        }
    }

    /// <summary>Tells whether a part ends before its last run does (TIFF 6.0, section 9). The library would read what follows.</summary>
    private static bool EndsInARun(ReadOnlySpan<byte> part)
    {
        long at = 0;
        while (at < part.Length)
            at += part[(int)at] switch { < 128 and var literal => literal + 2, 128 => 1, _ => 2 };
        return at > part.Length;
    }

    private static Picture DecodePage(byte[] encoded, int orientation, int channels, int width, int height)
    {
        LastError.Message = "";
        LastError.IsTruncated = false;
        using var stream = new MemoryStream(encoded, writable: false);
        using var tiff = Tiff.ClientOpen("picture", "r", stream, new TiffStream()) ?? throw Damaged(encoded.Length, LastError.Message);
        if (!tiff.RGBAImageOK(out var reason))
            throw new ImageException(ImageFault.UnknownFormat, $"the TIFF file is of a kind that is not read ({reason}): {SaveAnew}");
        var alpha = AlphaOf(tiff);
        // The library would multiply the colors by alpha, and a picture whose alpha is zero everywhere would be lost.
        if (alpha == ExtraSample.UNASSALPHA)
            tiff.SetField(TiffTag.EXTRASAMPLES, 1, new[] { (short)ExtraSample.ASSOCALPHA });
        var raster = GC.AllocateUninitializedArray<int>(width * height);
        // The library only flips, and does not rotate: with the stored orientation asked for it does nothing.
        var stored = (BitMiracle.LibTiff.Classic.Orientation)orientation;
        var isRead = IsGrayOfWholeBytes(tiff)
            ? ReadGray(tiff, raster, width, height, hasAlpha: alpha is not null)
            : tiff.ReadRGBAImageOriented(width, height, raster, stored, stopOnError: true);
        if (!isRead)
            throw LastError.IsTruncated ? Truncated(encoded.Length) : Damaged(encoded.Length, LastError.Message);
        if (LastError.IsTruncated)
            throw Truncated(encoded.Length);
        var picture = new Picture(channels, height, width);
        var isPremultiplied = alpha != ExtraSample.UNASSALPHA;
        ColorConversion.FromRgba(MemoryMarshal.AsBytes(raster.AsSpan()), picture, mayLackAlpha: true, isPremultiplied);
        return picture;
    }

    /// <summary>Gets the kind of the first sample that is not a color; null if it is not alpha.</summary>
    private static ExtraSample? AlphaOf(Tiff tiff) =>
        tiff.GetField(TiffTag.EXTRASAMPLES) is [_, var kinds, ..] && kinds.ToShortArray() is [var kind, ..]
            && (ExtraSample)kind is ExtraSample.ASSOCALPHA or ExtraSample.UNASSALPHA ? (ExtraSample)kind : null;

    private static bool IsGrayOfWholeBytes(Tiff tiff) =>
        tiff.GetFieldDefaulted(TiffTag.BITSPERSAMPLE)[0].ToInt() >= 8
        && tiff.GetFieldDefaulted(TiffTag.PHOTOMETRIC)[0].ToInt() is (int)Photometric.MINISWHITE or (int)Photometric.MINISBLACK;

    /// <summary>
    /// Reads a gray picture of 8 or 16 bits; false if it is damaged. The library reads no alpha of gray. It shifts the rows of tiles that
    /// stick out of the picture if a pixel has more than one byte.
    /// </summary>
    private static bool ReadGray(Tiff tiff, int[] raster, int width, int height, bool hasAlpha)
    {
        var sampleBytes = tiff.GetFieldDefaulted(TiffTag.BITSPERSAMPLE)[0].ToInt() / 8;
        var isSeparate = tiff.GetFieldDefaulted(TiffTag.PLANARCONFIG)[0].ToInt() == SeparatePlanes;
        var step = isSeparate ? sampleBytes : sampleBytes * tiff.GetFieldDefaulted(TiffTag.SAMPLESPERPIXEL)[0].ToInt();
        var inverse = tiff.GetFieldDefaulted(TiffTag.PHOTOMETRIC)[0].ToInt() == (int)Photometric.MINISWHITE ? 0xff : 0;
        var (partWidth, partHeight) = tiff.IsTiled()
            ? (tiff.GetField(TiffTag.TILEWIDTH)[0].ToInt(), tiff.GetField(TiffTag.TILELENGTH)[0].ToInt())
            : (width, tiff.GetFieldDefaulted(TiffTag.ROWSPERSTRIP)[0].ToInt() is > 0 and var rows ? Math.Min(rows, height) : height);
        var grays = new byte[tiff.IsTiled() ? tiff.TileSize() : tiff.StripSize()];
        var alphas = isSeparate && hasAlpha ? new byte[grays.Length] : grays;
        for (var top = 0; top < height; top += partHeight)
            for (var left = 0; left < width; left += partWidth)
            {
                if (!ReadPart(tiff, grays, left, top, plane: 0) || (alphas != grays && !ReadPart(tiff, alphas, left, top, plane: 1)))
                    return false;
                for (var row = top; row < Math.Min(top + partHeight, height); row++)
                    for (var column = left; column < Math.Min(left + partWidth, width); column++)
                    {
                        // The library gives the machine's order, so the high byte is the last one.
                        var at = (((row - top) * partWidth) + column - left) * step + sampleBytes - 1;
                        var gray = grays[at] ^ inverse;
                        var alpha = hasAlpha ? alphas[isSeparate ? at : at + sampleBytes] : byte.MaxValue;
                        raster[(row * width) + column] = alpha << 24 | gray << 16 | gray << 8 | gray;
                    }
            }
        return true;
    }

    private static bool ReadPart(Tiff tiff, byte[] part, int left, int top, short plane) => tiff.IsTiled()
        ? tiff.ReadTile(part, 0, left, top, 0, plane) >= 0
        : tiff.ReadEncodedStrip(tiff.ComputeStrip(top, plane), part, 0, -1) >= 0;

    private static ImageException Truncated(int length) =>
        new(ImageFault.Truncated, $"the TIFF file ends after {length} bytes, before the picture does");

    private static ImageException Damaged(int length, string reason) =>
        new(ImageFault.Damaged, $"the TIFF file ({length} bytes) contradicts itself: {(reason == "" ? "no decoder takes it" : reason)}");

    /// <summary>Keeps the library's messages from standard error, and the last one of each thread for our own.</summary>
    private sealed class LastError : TiffErrorHandler
    {
        [ThreadStatic]
        private static string? message;

        public static string Message
        {
            get => message ?? "";
            set => message = value;
        }

        [field: ThreadStatic]
        public static bool IsTruncated { get; set; }

        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
            var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);
            message = text.Length <= 200 ? text : text[..200];
            NoteEnd(format, args);
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        // LZW and JPEG only warn of data that end early.
        public override void WarningHandler(Tiff tif, string method, string format, params object[] args) => NoteEnd(format, args);

        private static void NoteEnd(string format, object[] args) =>
            IsTruncated |= args.OfType<string>().Append(format).Any(text => text.Contains("Not enough data", StringComparison.Ordinal)
                || text.Contains("Premature EOF", StringComparison.Ordinal)
                || text.Contains("Premature end of", StringComparison.Ordinal));

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
