namespace LeNetServe.Imaging;

/// <summary>The file formats, told by their first bytes and never by a file's name.</summary>
internal static class ImageFormat
{
    /// <summary>The format's name.</summary>
    /// <exception cref="ImageException">None of them.</exception>
    public static string Identify(ReadOnlySpan<byte> encoded)
    {
        if (encoded.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
            return "PNG";
        if (encoded.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]))
            return "JPEG";
        if (encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8))
            return "GIF";
        if (encoded.StartsWith("BM"u8))
            return "BMP";
        if (encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8))
            return "WebP";
        throw encoded.Length < 12
            ? new ImageException(ImageFault.Truncated, $"the picture has {encoded.Length} bytes, expected a whole PNG, JPEG, BMP, GIF or WebP file")
            : new ImageException(
                ImageFault.UnknownFormat,
                $"the picture starts with the bytes {Convert.ToHexStringLower(encoded[..8])}, expected a PNG, JPEG, BMP, GIF or WebP file");
    }
}
