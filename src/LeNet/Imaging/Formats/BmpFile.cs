using System.Buffers.Binary;

namespace LeNetServe.Imaging;

/// <summary>Rewrites the headers of BMP files that the decoder reads in part only.</summary>
internal static class BmpFile
{
    private const int FileHeader = 14;
    private const int Version3 = 56;
    private const int Version4 = 108;

    /// <summary>
    /// Gives a file with BITMAPV3INFOHEADER, as Photoshop writes, the longer header of version 4. Skia ignores the mask of alpha in the
    /// shorter one. Null if the file has another header.
    /// </summary>
    public static byte[]? WithVersion4(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < FileHeader + Version3 || BinaryPrimitives.ReadInt32LittleEndian(encoded[FileHeader..]) != Version3)
            return null;
        var rewritten = new byte[encoded.Length + Version4 - Version3];
        encoded[..(FileHeader + Version3)].CopyTo(rewritten);
        encoded[(FileHeader + Version3)..].CopyTo(rewritten.AsSpan(FileHeader + Version4));
        var offset = BinaryPrimitives.ReadInt32LittleEndian(encoded[10..]);
        BinaryPrimitives.WriteInt32LittleEndian(rewritten.AsSpan(10), unchecked(offset + Version4 - Version3));
        BinaryPrimitives.WriteInt32LittleEndian(rewritten.AsSpan(FileHeader), Version4);
        "BGRs"u8.CopyTo(rewritten.AsSpan(FileHeader + Version3));
        return rewritten;
    }
}
