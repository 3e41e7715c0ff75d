using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>A member of a ZIP archive, as the archive's directory describes it.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="CompressedLength">Bytes that it takes in the archive.</param>
/// <param name="Offset">Where its own header stands in the archive.</param>
/// <param name="Method">How it is compressed: 0 not at all, 8 deflated.</param>
/// <param name="IsEncrypted">Whether it wants a password.</param>
internal readonly record struct ZipMember(string Name, long Length, long CompressedLength, long Offset, int Method, bool IsEncrypted)
{
    private const int HeaderBytes = 30;
    private const uint Signature = 0x04034b50;

    /// <summary>The content.</summary>
    /// <exception cref="InvalidDataException">It cannot be unpacked; the message says why.</exception>
    public Stream Open(SafeFileHandle archive)
    {
        if (IsEncrypted || Method is not (0 or 8))
            throw new InvalidDataException(IsEncrypted ? "it is encrypted, expected a member without password" : $"compression method {Method}, expected 0 (stored) or 8 (deflate)");
        if (CompressedLength > ImageReader.MaxFileBytes)
            throw new InvalidDataException($"it takes {CompressedLength} bytes, expected at most {ImageReader.MaxFileBytes}");
        Span<byte> header = stackalloc byte[HeaderBytes];
        ReadExactly(archive, header, Offset);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Signature)
            throw new InvalidDataException($"no member at byte {Offset}, where the archive's directory says one is");
        var content = new byte[CompressedLength];
        ReadExactly(archive, content, Offset + HeaderBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]));
        var stream = new MemoryStream(content);
        return Method == 0 ? stream : new DeflateStream(stream, CompressionMode.Decompress);
    }

    /// <summary>Fills a buffer from a place in a file; <see cref="InvalidDataException"/> where the file ends before.</summary>
    public static void ReadExactly(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = RandomAccess.Read(file, buffer[filled..], offset + filled);
            if (read == 0)
                throw new InvalidDataException($"the archive ends at byte {offset + filled}, expected {buffer.Length - filled} more");
            filled += read;
        }
    }
}
