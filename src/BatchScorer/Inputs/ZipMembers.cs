using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// The files of a zip, as they come from other systems: with backslashes, with bytes before the archive, encrypted, or damaged.
/// </summary>
internal static class ZipMembers
{
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(value => CrcOf((uint)value))];

    public static IEnumerable<ArchiveMember> Read(Stream file)
    {
        using var zip = new ZipArchive(Start(file) is > 0 and var start ? new ShiftedStream(file, start) : file, ZipArchiveMode.Read);
        foreach (var entry in zip.Entries)
        {
            var name = entry.FullName.Contains('/', StringComparison.Ordinal) ? entry.FullName : entry.FullName.Replace('\\', '/');
            if (name.EndsWith('/'))
                continue;
            var error = entry.IsEncrypted
                ? new RowError(RowError.Unreadable, "is encrypted, expected a zip without a password: unpack it, and score the folder")
                : null;
            yield return new(Encoding.UTF8.GetBytes(name), entry.Length, error is null ? () => Content(entry) : null, error);
        }
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        var content = new byte[entry.Length];
        using (var stream = entry.Open())
            stream.ReadExactly(content);
        var crc = uint.MaxValue;
        foreach (var value in content)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc == entry.Crc32 ? content : throw new InvalidDataException($"its CRC-32 is {~crc:x8}, expected {entry.Crc32:x8}");
    }

    private static uint CrcOf(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
        return value;
    }

    /// <summary>
    /// Finds the first byte of the archive: self-extracting files have a program before it, and count offsets without it.
    /// </summary>
    private static long Start(Stream file)
    {
        const int RecordBytes = 22;
        var tail = new byte[Math.Min(file.Length, RecordBytes + ushort.MaxValue)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        file.Position = 0;
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || tail.Length - at < RecordBytes)
            return 0;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 12));
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
        var isZip64 = size == uint.MaxValue || offset == uint.MaxValue || tail.AsSpan(0, at).LastIndexOf("PK\x06\x07"u8) == at - 20;
        return isZip64 ? 0 : Math.Max(0, file.Length - tail.Length + at - size - offset);
    }
}
