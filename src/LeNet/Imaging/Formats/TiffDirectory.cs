using System.Buffers.Binary;

namespace LeNetServe.Imaging;

/// <summary>The first directory of a TIFF structure (TIFF 6.0, section 2), which EXIF data have too.</summary>
internal readonly ref struct TiffDirectory
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 12;

    private readonly ReadOnlySpan<byte> tiff;
    private readonly ReadOnlySpan<byte> entries;
    private readonly bool isLittle;
    private readonly bool isWhole;

    private TiffDirectory(ReadOnlySpan<byte> tiff, ReadOnlySpan<byte> entries, bool isLittle, bool isWhole)
    {
        this.isWhole = isWhole;
        this.tiff = tiff;
        this.entries = entries;
        this.isLittle = isLittle;
    }

    /// <summary>Tells whether all entries and their values lie inside the structure.</summary>
    public bool IsWhole
    {
        get
        {
            for (var at = 0; at < entries.Length; at += EntryBytes)
                if (Bytes(entries[at..]).IsEmpty)
                    return false;
            return isWhole;
        }
    }

    /// <summary>Reads the directory; an empty one if the structure is broken.</summary>
    public static TiffDirectory Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < HeaderBytes || !(tiff.StartsWith("II"u8) || tiff.StartsWith("MM"u8)))
            return default;
        var isLittle = tiff[0] == 'I';
        var start = UInt32(tiff[4..], isLittle);
        if (start > tiff.Length - 2)
            return default;
        var entries = tiff[((int)start + 2)..];
        var length = EntryBytes * UInt16(tiff[(int)start..], isLittle);
        // The offset of the next directory follows the entries.
        var isWhole = length > 0 && length + 4 <= entries.Length;
        return new(tiff, entries[..Math.Min(length, entries.Length / EntryBytes * EntryBytes)], isLittle, isWhole);
    }

    /// <summary>The pixels of the page that the directory describes; 0 if it has no size.</summary>
    public long Pixels => (First(256) ?? 0) * (long)(First(257) ?? 0);

    /// <summary>The number of entries.</summary>
    public int Count => entries.Length / EntryBytes;

    /// <summary>Tells whether there is an entry of that tag.</summary>
    public bool Has(int tag)
    {
        for (var at = 0; at < entries.Length; at += EntryBytes)
            if (UInt16(entries[at..], isLittle) == tag)
                return true;
        return false;
    }

    /// <summary>Tells whether a tag has two entries, of which another reader may take the second.</summary>
    public bool HasTwice()
    {
        var tags = new HashSet<ushort>();
        for (var at = 0; at < entries.Length; at += EntryBytes)
            if (!tags.Add(UInt16(entries[at..], isLittle)))
                return true;
        return false;
    }

    /// <summary>Gets the first value of a tag, if it is a whole number; null if there is none.</summary>
    public uint? First(int tag) => Find(tag) is { Count: > 0 } values ? values[0] : null;

    /// <summary>Finds the values of a tag; none if it is absent, or if its values are missing or not whole numbers.</summary>
    public Values Find(int tag)
    {
        for (var at = 0; at < entries.Length; at += EntryBytes)
            if (UInt16(entries[at..], isLittle) == tag)
                return new(Bytes(entries[at..]), UInt16(entries[(at + 2)..], isLittle), CountOf(entries[at..]), isLittle);
        return default;
    }

    private uint CountOf(ReadOnlySpan<byte> entry) => UInt32(entry[4..], isLittle);

    /// <summary>Gets the bytes of an entry's values, which lie in the entry if they fit; empty if they lie outside the structure.</summary>
    private ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> entry)
    {
        var length = (long)CountOf(entry) * SizeOf(UInt16(entry[2..], isLittle));
        if (length <= 4)
            return entry.Slice(8, 4);
        var offset = UInt32(entry[8..], isLittle);
        return offset + length <= tiff.Length ? tiff.Slice((int)offset, (int)length) : default;
    }

    private static int SizeOf(int type) => type switch
    {
        3 or 8 => 2,
        4 or 9 or 11 => 4,
        5 or 10 or 12 => 8,
        _ => 1,
    };

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    /// <summary>The whole numbers of one tag.</summary>
    public readonly ref struct Values(ReadOnlySpan<byte> bytes, int type, uint count, bool isLittle)
    {
        private readonly ReadOnlySpan<byte> bytes = bytes;

        public int Count { get; } = type is 1 or 3 or 4 or (>= 6 and <= 9) ? (int)Math.Min(count, bytes.Length / SizeOf(type)) : 0;

        public uint this[int index] => SizeOf(type) switch
        {
            1 => bytes[index],
            2 => UInt16(bytes[(2 * index)..], isLittle),
            _ => UInt32(bytes[(4 * index)..], isLittle),
        };
    }
}
