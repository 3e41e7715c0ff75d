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
        if (bits is not (1 or 2 or 4 or 8 or 16) || samples > MaxSamples)
        {
            var found = $"the TIFF has {samples} samples of {bits} bits per pixel";
            throw new ImageException(ImageFault.UnknownFormat, $"{found}, expected samples of 1, 2, 4, 8 or 16 bits");
        }
        var isTiled = directory.First(TileWidth) is not null;
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
        for (var part = 0; part < Math.Min(offsets.Count, bytes.Count); part++)
            if (offsets[part] + (long)bytes[part] > encoded.Length)
                throw Truncated(encoded.Length);
    }

    private static Picture DecodePage(byte[] encoded, int orientation, int channels, int width, int height)
    {
        LastError.Message = "";
        using var stream = new MemoryStream(encoded, writable: false);
        using var tiff = Tiff.ClientOpen("picture", "r", stream, new TiffStream()) ?? throw Damaged(encoded.Length, LastError.Message);
        if (!tiff.RGBAImageOK(out var reason))
            throw new ImageException(ImageFault.UnknownFormat, $"the TIFF file is of a kind that is not read: {reason}");
        var raster = GC.AllocateUninitializedArray<int>(width * height);
        // The library only flips, and does not rotate: with the stored orientation asked for it does nothing.
        var stored = (BitMiracle.LibTiff.Classic.Orientation)orientation;
        if (!tiff.ReadRGBAImageOriented(width, height, raster, stored, stopOnError: true))
            throw Damaged(encoded.Length, LastError.Message);
        var picture = new Picture(channels, height, width);
        ColorConversion.FromRgba(MemoryMarshal.AsBytes(raster.AsSpan()), picture, mayLackAlpha: true, isPremultiplied: true);
        return picture;
    }

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

        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
            var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);
            message = text.Length <= 200 ? text : text[..200];
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
