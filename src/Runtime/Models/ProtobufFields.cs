namespace LeNetServe.Runtime.Models;

/// <summary>Reads the fields of a protobuf message in memory, one after the other, without a copy.</summary>
internal ref struct ProtobufFields(ReadOnlySpan<byte> file, int start, int end)
{
    private readonly ReadOnlySpan<byte> file = file;
    private int position = start;

    /// <summary>Gets the field's number.</summary>
    public int Number { get; private set; }

    /// <summary>Gets the position of the field's tag.</summary>
    public int TagAt { get; private set; }

    /// <summary>Gets the position of the length before the content; the content's for a number.</summary>
    public int LengthAt { get; private set; }

    /// <summary>Gets the position of the content.</summary>
    public int Start { get; private set; }

    /// <summary>Gets the end of the content.</summary>
    public int End { get; private set; }

    /// <summary>Gets the value of a varint; 0 for other fields.</summary>
    public long Value { get; private set; }

    /// <summary>Gets whether the content is a message, a text, bytes, or packed numbers.</summary>
    public bool HasLength { get; private set; }

    /// <summary>Gets the content.</summary>
    public readonly ReadOnlySpan<byte> Content => file[Start..End];

    /// <summary>Moves to the next field; returns false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a protobuf message.</exception>
    public bool Next()
    {
        if (position == end)
            return false;
        TagAt = position;
        var tag = Varint();
        Number = (int)(tag >> 3);
        LengthAt = Start = position;
        Value = 0;
        HasLength = (tag & 7) == 2;
        switch (tag & 7)
        {
            case 0:
                Value = Varint();
                break;
            case 1:
                Skip(sizeof(long));
                break;
            case 2:
                var length = Varint();
                Start = position;
                Skip(length);
                break;
            case 5:
                Skip(sizeof(int));
                break;
            default:
                throw new InvalidDataException($"field {Number} at byte {TagAt} has wire type {tag & 7}");
        }
        End = position;
        return true;
    }

    /// <summary>Gets the bytes of a number as a varint.</summary>
    public static int VarintSize(int value) => value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;

    /// <summary>Writes a varint and returns its size.</summary>
    public static int WriteVarint(Span<byte> target, int value)
    {
        var size = 0;
        while (value >= 0x80)
        {
            target[size++] = (byte)(value | 0x80);
            value >>= 7;
        }
        target[size++] = (byte)value;
        return size;
    }

    private long Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && position < end; shift += 7)
        {
            var part = file[position++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return (long)value;
        }
        throw new InvalidDataException($"the number that begins at byte {TagAt} does not end");
    }

    private void Skip(long bytes)
    {
        if (bytes < 0 || bytes > end - position)
            throw new InvalidDataException($"field {Number} at byte {TagAt} has {bytes} bytes, and its message ends at byte {end}");
        position += (int)bytes;
    }
}
