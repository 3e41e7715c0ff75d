namespace LeNetServe.Imaging;

/// <summary>
/// Finds EXIF's orientation, 1 to 8, in a JPEG's APP1 segment, a PNG's eXIf chunk, a WebP's EXIF chunk and a TIFF's first directory.
/// Some writers use other number types than the standard's SHORT, so all whole numbers are read. Format: Exif 3.0, CIPA DC-008, 4.6.5.
/// </summary>
internal static class ExifOrientation
{
    /// <summary>The orientation of a picture that is stored as it should be seen.</summary>
    public const int Upright = 1;

    private const int Tag = 0x0112;

    /// <summary>Gets the orientation; <see cref="Upright"/> if the file has none or a broken one.</summary>
    public static int Of(ReadOnlySpan<byte> encoded, ImageFormat format)
    {
        var tiff = format switch
        {
            ImageFormat.JPEG => JpegFile.Exif(encoded),
            ImageFormat.PNG => WithoutPrefix(ImageFile.PngChunk(encoded, "eXIf"u8)),
            ImageFormat.WebP => WithoutPrefix(ImageFile.RiffChunk(encoded, "EXIF"u8)),
            ImageFormat.TIFF => encoded,
            _ => default,
        };
        return TiffDirectory.Read(tiff).First(Tag) is >= 1 and <= 8 and var orientation ? (int)orientation : Upright;
    }

    // The prefix belongs to JPEG's segment alone, and some writers copy it.
    private static ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> exif) => exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;
}
