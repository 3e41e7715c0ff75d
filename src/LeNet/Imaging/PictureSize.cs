using System.Buffers.Binary;

namespace LeNetServe.Imaging;

/// <summary>Reads the number of pixels from the header of a picture, without a decoder.</summary>
public static class PictureSize
{
    /// <summary>
    /// Gets the pixels that the header promises; 0 if the header cannot be read. The call costs much less than a decoder, so that a server
    /// can add up a request before it starts the work.
    /// </summary>
    public static long Pixels(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length >= 24 && encoded.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47]))
        {
            var width = (ulong)BinaryPrimitives.ReadUInt32BigEndian(encoded[16..]);
            return (long)Math.Min(width * BinaryPrimitives.ReadUInt32BigEndian(encoded[20..]), long.MaxValue);
        }
        if (encoded.Length >= 10 && encoded.StartsWith("GIF8"u8))
            return (long)BinaryPrimitives.ReadUInt16LittleEndian(encoded[6..]) * BinaryPrimitives.ReadUInt16LittleEndian(encoded[8..]);
        if (encoded.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8]))
            return JpegFile.Pixels(encoded);
        if (encoded.Length >= 26 && encoded.StartsWith("BM"u8))
            return OfBmp(encoded);
        if (encoded.StartsWith("II*\0"u8) || encoded.StartsWith("MM\0*"u8))
            return TiffDirectory.Read(encoded).Pixels;
        return encoded.Length >= 30 && encoded.StartsWith("RIFF"u8) ? OfWebP(encoded) : 0;
    }

    private static long OfBmp(ReadOnlySpan<byte> encoded)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(encoded[14..]) == 12)
            return (long)BinaryPrimitives.ReadUInt16LittleEndian(encoded[18..]) * BinaryPrimitives.ReadUInt16LittleEndian(encoded[20..]);
        // A negative height means rows from the top.
        var width = (long)BinaryPrimitives.ReadInt32LittleEndian(encoded[18..]);
        return Math.Abs(width * BinaryPrimitives.ReadInt32LittleEndian(encoded[22..]));
    }

    private static long OfWebP(ReadOnlySpan<byte> encoded)
    {
        var kind = encoded[12..16];
        if (kind.SequenceEqual("VP8X"u8))
            return (1L + ReadUInt24(encoded[24..])) * (1L + ReadUInt24(encoded[27..]));
        if (kind.SequenceEqual("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(encoded[21..]);
            return (1L + (bits & 0x3fff)) * (1L + ((bits >> 14) & 0x3fff));
        }
        return kind.SequenceEqual("VP8 "u8)
            ? (BinaryPrimitives.ReadUInt16LittleEndian(encoded[26..]) & 0x3fffL)
                * (BinaryPrimitives.ReadUInt16LittleEndian(encoded[28..]) & 0x3fff)
            : 0;
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
