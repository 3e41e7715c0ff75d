using System.Buffers;
using Google.Protobuf.Reflection;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// Checks the bytes of a message before it is parsed: the elements of its lists, and the pixels that the headers of its pictures promise.
/// The parser makes an object of each element, and 4 MB of empty elements would become 200 MB. Bytes that break the wire format
/// (protobuf.dev, "Encoding") are left to the parser.
/// </summary>
/// <param name="message">The type of the message.</param>
/// <param name="limits">The limits.</param>
internal sealed class MessageLimits(MessageDescriptor message, LimitOptions limits)
{
    // Tensors, outputs, parameters and names of layers, beside the images.
    private const int MostOthers = 1024;

    // As in the parser, which rejects a deeper message.
    private const int MostDepth = 100;

    // Enough for the size of a PNG, GIF, BMP or WebP.
    private const int HeaderBytes = 64;

    private readonly int mostElements = limits.MaxBatch + MostOthers;

    /// <summary>Gets a value indicating whether the message has a list of strings, bytes or messages, at any depth.</summary>
    public bool HasLists { get; } = HasListsIn(message, []);

    /// <summary>Checks a message.</summary>
    /// <exception cref="InferenceException">There are too many elements or pixels.</exception>
    public void Check(in ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        var count = new Count { Pixels = new(limits.MaxRequestPixels) };
        Check(ref reader, bytes.Length, message, depth: 0, ref count);
    }

    private static bool HasListsIn(MessageDescriptor message, HashSet<MessageDescriptor> visited) =>
        visited.Add(message) && message.Fields.InFieldNumberOrder().Any(field =>
            IsList(field) || (field.FieldType == FieldType.Message && HasListsIn(field.MessageType, visited)));

    private static bool IsList(FieldDescriptor field) =>
        field.IsRepeated && field.FieldType is FieldType.Message or FieldType.String or FieldType.Bytes;

    /// <summary>Checks the fields of a message. Returns false if they break the wire format.</summary>
    private bool Check(ref SequenceReader<byte> reader, long end, MessageDescriptor type, int depth, ref Count count)
    {
        while (reader.Consumed < end)
        {
            if (!TryReadField(ref reader, end, out var number, out var length))
                return false;
            if (length is not { } size || type.FindFieldByNumber(number) is not { } field)
            {
                reader.Advance(length ?? 0);
                continue;
            }
            if (IsList(field) && ++count.Elements > mostElements)
                throw TooMany();
            if (field.FieldType != FieldType.Message)
                reader.Advance(size);
            else if (field.MessageType == Image.Descriptor && field.IsRepeated
                ? !AddImage(ref reader, size, ref count)
                : depth == MostDepth || !Check(ref reader, reader.Consumed + size, field.MessageType, depth + 1, ref count))
                return false;
        }
        return reader.Consumed == end;
    }

    /// <summary>
    /// Adds the pixels of an image. Of several sources the last one counts, as for the parser. Returns false if the image breaks the wire
    /// format.
    /// </summary>
    private static bool AddImage(ref SequenceReader<byte> reader, int size, ref Count count)
    {
        Span<byte> copy = stackalloc byte[HeaderBytes];
        scoped ReadOnlySpan<byte> header = [];
        var end = reader.Consumed + size;
        while (reader.Consumed < end)
        {
            if (!TryReadField(ref reader, end, out var number, out var length))
                return false;
            if (number is Image.PixelsFieldNumber or Image.EncodedFieldNumber)
                header = [];
            if (number == Image.EncodedFieldNumber && length is { } bytes)
            {
                header = reader.UnreadSpan[..Math.Min(bytes, reader.UnreadSpan.Length)];
                if (header.Length < Math.Min(bytes, HeaderBytes))
                {
                    header = copy[..Math.Min(bytes, HeaderBytes)];
                    reader.TryCopyTo(copy[..header.Length]);
                }
            }
            reader.Advance(length ?? 0);
        }
        count.Pixels.Add(header);
        return reader.Consumed == end;
    }

    /// <summary>
    /// Reads the tag of a field, and either its value or the length of its value, which follows. The fields of a group count as fields
    /// of the message around it.
    /// </summary>
    private static bool TryReadField(ref SequenceReader<byte> reader, long end, out int number, out int? length)
    {
        length = null;
        number = 0;
        if (!TryReadVarint(ref reader, out var tag))
            return false;
        number = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return TryReadVarint(ref reader, out _) && reader.Consumed <= end;
            case 1:
                return TryAdvance(ref reader, sizeof(long), end);
            case 2 when TryReadVarint(ref reader, out var value) && value <= (ulong)Math.Max(0, end - reader.Consumed):
                length = (int)value;
                return true;
            case 3 or 4:
                return reader.Consumed <= end;
            case 5:
                return TryAdvance(ref reader, sizeof(int), end);
            default:
                return false;
        }
    }

    private static bool TryAdvance(ref SequenceReader<byte> reader, int bytes, long end)
    {
        if (reader.Consumed + bytes > end)
            return false;
        reader.Advance(bytes);
        return true;
    }

    private static bool TryReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (!reader.TryRead(out var part))
                return false;
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return true;
        }
        return false;
    }

    private InferenceException TooMany() =>
        new(InferenceErrorKind.TooLarge,
            $"more than {mostElements} elements in the lists of a {message.Name}, expected at most {limits.MaxBatch} images "
            + $"(Limits:MaxBatch) and {MostOthers} others");

    private struct Count
    {
        public int Elements;
        public PixelBudget Pixels;
    }
}
