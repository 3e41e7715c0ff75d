using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// The directory of a ZIP archive, read as a stream, so that an archive of any number of members takes the same memory; .NET's own reader keeps every
/// member. Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3 to 4.5.
/// </summary>
internal static class ZipDirectory
{
    private const uint EntrySignature = 0x02014b50;
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const int EntryBytes = 46;
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int Locator64Bytes = 20;
    private const ushort Extra64 = 1;

    /// <summary>The members in the directory's order.</summary>
    /// <exception cref="InvalidDataException">It is no ZIP archive, or its directory breaks off.</exception>
    public static IEnumerable<ZipMember> Members(SafeFileHandle file)
    {
        var (count, offset) = Find(file, RandomAccess.GetLength(file));
        var fixedPart = new byte[EntryBytes];
        var rest = new byte[3 * ushort.MaxValue];
        var block = new Block(file, offset);
        for (ulong number = 0; number < count; number++)
        {
            block.Read(fixedPart);
            if (BinaryPrimitives.ReadUInt32LittleEndian(fixedPart) != EntrySignature)
                throw new InvalidDataException($"its directory has {number} members, expected {count}");
            var (name, extra, comment) = (UInt16(fixedPart, 28), UInt16(fixedPart, 30), UInt16(fixedPart, 32));
            block.Read(rest.AsSpan(0, name + extra + comment));
            yield return Member(fixedPart, rest.AsSpan(0, name), rest.AsSpan(name, extra));
        }
    }

    private static ZipMember Member(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name, ReadOnlySpan<byte> extra)
    {
        long compressed = UInt32(entry, 20), length = UInt32(entry, 24), offset = UInt32(entry, 42);
        for (; extra.Length >= 4; extra = extra[Math.Min(extra.Length, 4 + UInt16(extra, 2))..])
        {
            if (UInt16(extra, 0) != Extra64)
                continue;
            // Only the sizes that do not fit above are there, in this order.
            var values = extra[4..Math.Min(extra.Length, 4 + UInt16(extra, 2))];
            Widen(ref length, ref values);
            Widen(ref compressed, ref values);
            Widen(ref offset, ref values);
            break;
        }
        if (length < 0 || compressed < 0 || offset < 0)
            throw new InvalidDataException($"its directory has a member of {length} bytes, {compressed} compressed, at byte {offset}; expected no negative numbers");
        return new ZipMember(Encoding.UTF8.GetString(name), length, compressed, offset, UInt16(entry, 10), (UInt16(entry, 8) & 1) != 0);
    }

    private static void Widen(ref long value, ref ReadOnlySpan<byte> values)
    {
        if (value != uint.MaxValue || values.Length < 8)
            return;
        value = BinaryPrimitives.ReadInt64LittleEndian(values);
        values = values[8..];
    }

    /// <summary>How many members the directory has and where it begins, from the record at the archive's end, which a comment may follow.</summary>
    private static (ulong Count, long Offset) Find(SafeFileHandle file, long length)
    {
        var tail = new byte[Math.Min(length, EndBytes + ushort.MaxValue)];
        ZipMember.ReadExactly(file, tail, length - tail.Length);
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            if (UInt32(tail, at) != EndSignature || at + EndBytes + UInt16(tail, at + 20) > tail.Length)
                continue;
            var (count, offset) = (UInt16(tail, at + 10), UInt32(tail, at + 16));
            return count == ushort.MaxValue || offset == uint.MaxValue
                ? Find64(file, length - tail.Length + at) ?? (count, offset)
                : (count, offset);
        }
        throw new InvalidDataException("it has no directory at its end, expected a whole ZIP archive");
    }

    private static (ulong Count, long Offset)? Find64(SafeFileHandle file, long end)
    {
        if (end < Locator64Bytes)
            return null;
        var locator = new byte[Locator64Bytes];
        ZipMember.ReadExactly(file, locator, end - Locator64Bytes);
        if (UInt32(locator, 0) != Locator64Signature)
            return null;
        var record = new byte[End64Bytes];
        var offset = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        if (offset < 0 || offset > end - End64Bytes)
            throw new InvalidDataException($"its end says that its directory's record is at byte {offset}, expected 0 to {end - End64Bytes}");
        ZipMember.ReadExactly(file, record, offset);
        var directory = BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(48));
        return UInt32(record, 0) == End64Signature && directory >= 0
            ? (BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(32)), directory)
            : throw new InvalidDataException($"no ZIP64 record at byte {offset}, where its end says one is");
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    /// <summary>Reads a file from a place on, block by block.</summary>
    private sealed class Block(SafeFileHandle file, long offset)
    {
        private readonly byte[] bytes = new byte[1 << 16];
        private long next = offset;
        private int at;
        private int filled;

        public void Read(Span<byte> target)
        {
            while (target.Length > 0)
            {
                if (at == filled)
                {
                    (at, filled) = (0, RandomAccess.Read(file, bytes, next));
                    next += filled;
                    if (filled == 0)
                        throw new InvalidDataException("its directory breaks off");
                }
                var count = Math.Min(target.Length, filled - at);
                bytes.AsSpan(at, count).CopyTo(target);
                target = target[count..];
                at += count;
            }
        }
    }
}
