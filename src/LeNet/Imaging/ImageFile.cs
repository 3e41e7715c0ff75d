using System.Buffers.Binary;

namespace LeNetServe.Imaging;

/// <summary>Reads the structure of an encoded picture before a decoder sees it.</summary>
internal static class ImageFile
{
    private const string Expected = $"a whole {ImageFileTypes.Names} file";

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>The file's format.</summary>
    /// <exception cref="ImageException">The format is unknown.</exception>
    public static ImageFormat Identify(ReadOnlySpan<byte> encoded)
    {
        if (encoded.StartsWith(PngSignature))
            return ImageFormat.PNG;
        if (encoded.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]))
            return ImageFormat.JPEG;
        if (encoded.StartsWith("BM"u8))
            return ImageFormat.BMP;
        if (encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8))
            return ImageFormat.GIF;
        if (encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8))
            return ImageFormat.WebP;
        if (encoded.Length < 12)
            throw new ImageException(ImageFault.Truncated, $"the picture has {encoded.Length} bytes, expected {Expected}");
        var start = Convert.ToHexStringLower(encoded[..8]);
        throw new ImageException(ImageFault.UnknownFormat, $"the picture starts with the bytes {start}, expected {Expected}");
    }

    /// <summary>Tells a damaged file from a truncated one by the lengths in the file; null if the format has none.</summary>
    public static bool? IsWhole(ReadOnlySpan<byte> encoded, ImageFormat format) => format switch
    {
        ImageFormat.PNG => HasPngEnd(encoded),
        ImageFormat.WebP => encoded.Length - 8 >= BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]),
        _ => null,
    };

    private static bool HasPngEnd(ReadOnlySpan<byte> encoded)
    {
        var rest = encoded[PngSignature.Length..];
        while (rest.Length >= 12 && BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length <= rest.Length - 12)
        {
            if (rest[4..].StartsWith("IEND"u8))
                return true;
            rest = rest[(12 + (int)length)..];
        }
        return false;
    }
}
