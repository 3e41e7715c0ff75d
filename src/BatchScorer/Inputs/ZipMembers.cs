using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// The files of a zip, as they come from other systems: with backslashes, with bytes before the archive, encrypted, or damaged.
/// </summary>
internal static class ZipMembers
{
    private static readonly ZipNames Names = new();

    private const uint UnixType = 0xf000;
    private const uint UnixLink = 0xa000;

    public static IEnumerable<ArchiveMember> Read(Stream file)
    {
        var content = Start(file) is > 0 and var start ? new ShiftedStream(file, start) : file;
        using var zip = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: false, Names);
        foreach (var entry in zip.Entries)
        {
            var name = entry.FullName.Replace('\\', '/');
            if (name.EndsWith('/'))
                continue;
            var error = entry.IsEncrypted
                ? new RowError(RowError.Unreadable, "is encrypted, expected a zip without a password: unpack it, and score the folder")
                : ((uint)entry.ExternalAttributes >> 16 & UnixType) == UnixLink
                    ? new RowError(RowError.Unreadable, "is a link, expected a file: zip without --symlinks packs files in place of links")
                    : null;
            yield return new(Encoding.UTF8.GetBytes(name), entry.Length, error is null ? () => Content(entry) : null, error);
        }
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        var content = new byte[entry.Length];
        using (var stream = entry.Open())
            stream.ReadExactly(content);
        var crc = Crc32.HashToUInt32(content);
        return crc == entry.Crc32 ? content : throw new InvalidDataException($"its CRC-32 is {crc:x8}, expected {entry.Crc32:x8}");
    }

    /// <summary>
    /// Finds the first byte of the archive: self-extracting files have a program before it, and count offsets without it.
    /// </summary>
    private static long Start(Stream file)
    {
        const int RecordBytes = 22, LocatorBytes = 20, Record64Bytes = 56;
        var tail = new byte[Math.Min(file.Length, RecordBytes + ushort.MaxValue)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        file.Position = 0;
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || tail.Length - at < RecordBytes)
            return 0;
        var place = file.Length - tail.Length + at;
        // The locator of a zip64 says where its longer record would be without the bytes before the archive.
        if (at >= LocatorBytes + Record64Bytes && tail.AsSpan(at - LocatorBytes).StartsWith("PK\x06\x07"u8))
            return tail.AsSpan(at - LocatorBytes - Record64Bytes).StartsWith("PK\x06\x06"u8)
                ? Math.Max(0, place - LocatorBytes - Record64Bytes - BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(at - 12)))
                : 0;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 12));
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
        return Math.Max(0, place - size - offset);
    }
}
