using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// The files and links of a tar of any size, with GNU's long names and pax headers. A header that makes no sense is a member with an error,
/// and reading goes on at the next header that does; the framework's reader ends there, and keeps 80 bytes for every entry that it has
/// passed.
/// </summary>
internal sealed class TarMembers(Stream archive)
{
    private const int BlockBytes = 512;
    private const int MaxExtensionBytes = 1 << 20;
    private const int MaxPathBytes = 4096;

    private readonly byte[] header = new byte[BlockBytes];
    private byte[]? longName;
    private string? longLink;
    private long? longSize;
    private string? fault;

    public IEnumerable<ArchiveMember> Read()
    {
        var lost = false;
        var damaged = 0;
        while (ReadBlock(lost))
        {
            if (!IsHeader(header))
            {
                // Blocks of zeros end an archive. Another one may follow, as of cat a.tar b.tar.
                if (!lost && header.AsSpan().ContainsAnyExcept((byte)0))
                    yield return Damaged(++damaged, "its checksum is wrong");
                lost = true;
                continue;
            }
            var size = longSize ?? Number(header.AsSpan(124, 12));
            lost = size < 0 || (archive.CanSeek && size > archive.Length - archive.Position);
            if (lost)
            {
                yield return Damaged(
                    ++damaged, size < 0 ? "its size is not a number of bytes" : $"its size is {size} bytes, more than are left");
                continue;
            }
            var type = header[156];
            var content = new Rest(archive, size);
            if (type is (byte)'x' or (byte)'L' or (byte)'K')
                Extend(type, content);
            else if (type != (byte)'g')
            {
                if (Member(type, size, content) is { } member)
                    yield return member;
                Forget();
                SkipMap(type);
            }
            content.Skip();
        }
    }

    private ArchiveMember? Member(byte type, long size, Rest content)
    {
        var path = longName ?? Path();
        if (path.Length > MaxPathBytes)
            fault ??= $"its name has {path.Length} bytes, expected at most {MaxPathBytes}";
        if (type is (byte)'1' or (byte)'2')
        {
            var link = longLink ?? Text(header.AsSpan(157, 100));
            return new(path, 0, null, Unreadable(
                $"a link to {link}, expected a file: tar --dereference --hard-dereference packs files in place of links"));
        }
        // A folder (also GNU's with its list of names) and a volume's label are not files.
        if (type is (byte)'5' or (byte)'D' or (byte)'V' || path is [.., (byte)'/'])
            return null;
        if (type is not ((byte)'0' or 0 or (byte)'7'))
            fault ??= $"its type is '{(char.IsAsciiLetterOrDigit((char)type) ? $"{(char)type}" : $"{type:x2}")}', expected a whole file";
        // The end of a long name tells whether it is a picture's.
        return fault is null ? new(path, size, content.Read) : new(path[Math.Max(0, path.Length - 100)..], size, null, Unreadable(fault));
    }

    /// <summary>Skips the rest of the map of a file with holes, which the size does not count.</summary>
    private void SkipMap(byte type)
    {
        const int extendedInHeader = 482, extendedInMap = 504;
        if (type != (byte)'S' || header[extendedInHeader] == 0)
            return;
        while (ReadBlock(lost: true) && header[extendedInMap] != 0)
        {
        }
    }

    private ArchiveMember Damaged(int number, string why)
    {
        var path = longName ?? Path();
        Forget();
        var name = Utf8.IsValid(path) ? $" of {FilePath.ToText(path)}" : "";
        return new(
            Encoding.ASCII.GetBytes($"(damaged header {number})"), 0, null,
            Unreadable($"the header{name} is damaged: {why}"))
        { IsDamage = true };
    }

    private static RowError Unreadable(string text) => new(RowError.Unreadable, text);

    /// <summary>Reads the next block; false at the end.</summary>
    private bool ReadBlock(bool lost)
    {
        var read = archive.ReadAtLeast(header, BlockBytes, throwOnEndOfStream: false);
        if (read is not (0 or BlockBytes) && !lost)
            throw new EndOfStreamException("the archive ends within a header");
        return read == BlockBytes;
    }

    /// <summary>Tells whether a block has a header's checksum.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < BlockBytes)
            return false;
        var sum = 8 * ' ';
        for (var i = 0; i < BlockBytes; i++)
            sum += i is >= 148 and < 156 ? 0 : header[i];
        return sum != 8 * ' ' && Number(header[148..156]) == sum;
    }

    private void Extend(byte type, Rest content)
    {
        if (content.Length > MaxExtensionBytes)
        {
            fault = $"its extended header has {content.Length} bytes, expected at most {MaxExtensionBytes}";
            return;
        }
        var bytes = content.Read();
        if (type == (byte)'L')
            longName = Trimmed(bytes).ToArray();
        else if (type == (byte)'K')
            longLink = Text(bytes);
        else
            ReadPax(bytes);
    }

    /// <summary>Reads pax records, each <c>LENGTH KEY=VALUE\n</c>.</summary>
    private void ReadPax(ReadOnlySpan<byte> records)
    {
        while (!records.IsEmpty)
        {
            var whole = Utf8Parser.TryParse(records, out int length, out var digits) && length > digits + 1 && length <= records.Length;
            var record = whole ? records[(digits + 1)..(length - 1)] : default;
            var equals = record.IndexOf((byte)'=');
            if (equals < 1)
            {
                fault = "its extended header is damaged";
                return;
            }
            var value = record[(equals + 1)..];
            if (record[..equals].SequenceEqual("path"u8))
                longName = value.ToArray();
            else if (record.StartsWith("GNU.sparse."u8))
            {
                fault = "it is stored with holes, expected a whole file: pack without --sparse";
                if (record[..equals].EndsWith(".name"u8))
                    longName = value.ToArray();
            }
            else if (record[..equals].SequenceEqual("linkpath"u8))
                longLink = Text(value);
            else if (record[..equals].SequenceEqual("size"u8))
                longSize = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1;
            records = records[length..];
        }
    }

    private void Forget()
    {
        longName = null;
        longLink = null;
        longSize = null;
        fault = null;
    }

    private byte[] Path()
    {
        var name = Trimmed(header.AsSpan(0, 100));
        var prefix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) ? Trimmed(header.AsSpan(345, 155)) : default;
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    /// <summary>Reads an octal number, or a large one in base 256; -1 if it is neither.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        long number = 0;
        if ((field[0] & 0x80) != 0)
        {
            if (field[0] != 0x80 || field[1..^8].ContainsAnyExcept((byte)0))
                return -1;
            return System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        }
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return -1;
            number = (number * 8) + digit - '0';
        }
        return number;
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> field) =>
        field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field;

    private static string Text(ReadOnlySpan<byte> field) => FilePath.ToText(Trimmed(field));

    /// <summary>The data of an entry that was not read yet.</summary>
    private sealed class Rest(Stream archive, long length)
    {
        private long left = length;

        public long Length { get; } = length;

        public byte[] Read()
        {
            var content = new byte[Length];
            left = 0;
            archive.ReadExactly(content);
            Pad();
            return content;
        }

        public void Skip()
        {
            if (left == 0)
                return;
            var buffer = new byte[Math.Min(left, 1 << 16)];
            if (archive.CanSeek)
                archive.Position += left;
            else
                for (var remaining = left; remaining > 0; remaining -= Math.Min(remaining, buffer.Length))
                    archive.ReadExactly(buffer, 0, (int)Math.Min(remaining, buffer.Length));
            Pad();
        }

        private void Pad()
        {
            // The last member of an archive may lack its padding.
            Span<byte> padding = stackalloc byte[BlockBytes];
            var count = (int)((BlockBytes - (Length % BlockBytes)) % BlockBytes);
            archive.ReadAtLeast(padding[..count], count, throwOnEndOfStream: false);
        }
    }
}
