using System.Buffers.Binary;
using LeNetServe.Files;

namespace LeNetServe.Imaging;

/// <summary>Reads the structure of an encoded picture before a decoder sees it.</summary>
internal static class ImageFile
{
    private const string Expected = $"a whole {ImageFileTypes.Names} file";

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Gets the file's format.</summary>
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
        if (encoded.StartsWith("II*\0"u8) || encoded.StartsWith("MM\0*"u8))
            return ImageFormat.TIFF;
        if (IsStart(encoded))
            throw new ImageException(ImageFault.Truncated, $"the picture has {encoded.Length} bytes, expected {Expected}");
        var (found, advice) = ForeignFile.Describe(encoded);
        throw new ImageException(ImageFault.UnknownFormat, $"{found}, expected {Expected}{advice}");
    }

    /// <summary>Tells whether the file ends within the first bytes of a format.</summary>
    private static bool IsStart(ReadOnlySpan<byte> encoded) =>
        PngSignature.StartsWith(encoded) || ((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]).StartsWith(encoded)
        || "GIF87a"u8.StartsWith(encoded) || "GIF89a"u8.StartsWith(encoded) || "BM"u8.StartsWith(encoded)
        || (encoded.Length < 12 && encoded[..Math.Min(4, encoded.Length)] is var start && "RIFF"u8.StartsWith(start))
        || "II*\0"u8.StartsWith(encoded) || "MM\0*"u8.StartsWith(encoded);

    /// <summary>Tells a damaged file from a truncated one by the lengths in the file; null if the format has none.</summary>
    public static bool? IsWhole(ReadOnlySpan<byte> encoded, ImageFormat format) => format switch
    {
        ImageFormat.PNG => HasPngChunk(encoded, "IEND"u8, out _),
        // The header says at which byte the pixels begin.
        ImageFormat.BMP when encoded.Length < 14 || encoded.Length < BinaryPrimitives.ReadUInt32LittleEndian(encoded[10..]) => false,
        ImageFormat.WebP => encoded.Length - 8 >= BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]),
        _ => null,
    };

    /// <summary>
    /// Gets the most pixels that the bytes can hold, so that a short file with a huge header costs nothing. Deflate makes at most 1,032
    /// bytes of one. LZW makes at most a string of 4,096 pixels of 12 bits. JPEG makes at most a block of 64 pixels of one bit.
    /// </summary>
    public static long MostPixels(ReadOnlySpan<byte> encoded, ImageFormat format) => format switch
    {
        ImageFormat.PNG when encoded.Length > 25 => 1032L * encoded.Length * 8 / PngBits(depth: encoded[24], color: encoded[25]),
        ImageFormat.GIF => 4096L * encoded.Length * 8 / 12,
        // Arithmetic coding has no least length: a white page of any size takes 100 bytes.
        ImageFormat.JPEG when !JpegFile.IsArithmetic(encoded) => 64L * encoded.Length * 8,
        _ => long.MaxValue,
    };

    /// <summary>Gets the content of a PNG's first chunk of that type; empty if there is none.</summary>
    public static ReadOnlySpan<byte> PngChunk(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> type) =>
        HasPngChunk(encoded, type, out var content) ? content : default;

    /// <summary>
    /// Gets a PNG without its compressed texts and its color profile, which change no pixel. A decoder would inflate and keep them: 8 kB
    /// of a text become 8 MB, and a file may have hundreds of texts.
    /// </summary>
    public static ReadOnlySpan<byte> WithoutTexts(ReadOnlySpan<byte> png)
    {
        if (!HasPngChunk(png, "zTXt"u8, out _) && !HasPngChunk(png, "iTXt"u8, out _) && !HasPngChunk(png, "iCCP"u8, out _))
            return png;
        var kept = png.ToArray();
        var length = PngSignature.Length;
        var rest = png[length..];
        while (rest.Length >= 12 && BinaryPrimitives.ReadUInt32BigEndian(rest) is var size && size <= rest.Length - 12)
        {
            var chunk = rest[..(12 + (int)size)];
            rest = rest[chunk.Length..];
            var type = chunk.Slice(4, 4);
            if (type.SequenceEqual("zTXt"u8) || type.SequenceEqual("iTXt"u8) || type.SequenceEqual("iCCP"u8))
                continue;
            chunk.CopyTo(kept.AsSpan(length));
            length += chunk.Length;
        }
        rest.CopyTo(kept.AsSpan(length));
        return kept.AsSpan(0, length + rest.Length);
    }

    /// <summary>Gets the content of a RIFF file's first chunk of that type; empty if there is none.</summary>
    public static ReadOnlySpan<byte> RiffChunk(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> type)
    {
        var rest = encoded[12..];
        while (rest.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) is var length && length <= rest.Length - 8)
        {
            if (rest.StartsWith(type))
                return rest.Slice(8, (int)length);
            // A chunk of odd length has a byte of padding.
            rest = rest[Math.Min(rest.Length, 8 + (int)length + (int)(length & 1))..];
        }
        return default;
    }

    private static bool HasPngChunk(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> type, out ReadOnlySpan<byte> content)
    {
        var rest = encoded[PngSignature.Length..];
        while (rest.Length >= 12 && BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length <= rest.Length - 12)
        {
            content = rest.Slice(8, (int)length);
            if (rest[4..].StartsWith(type))
                return true;
            rest = rest[(12 + (int)length)..];
        }
        content = default;
        return false;
    }

    private static int PngBits(byte depth, byte color) => Math.Max((byte)1, depth) * color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
}
