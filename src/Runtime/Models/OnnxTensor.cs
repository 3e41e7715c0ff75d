using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace LeNetServe.Runtime.Models;

/// <summary>A tensor of an ONNX file, without its values.</summary>
internal sealed class OnnxTensor
{
    /// <summary>Field of the values as little-endian bytes.</summary>
    public const int RawData = 9;

    /// <summary>Field of the entries that name a file beside the model.</summary>
    public const int ExternalData = 13;

    /// <summary>Field that tells if the values are in the file or beside it.</summary>
    public const int DataLocation = 14;

    private const int FloatData = 4, DoubleData = 10;
    private readonly OnnxPart part;
    private long count = 1;
    private int type;

    private OnnxTensor(OnnxPart part) => this.part = part;

    /// <summary>Gets the tensor's name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Gets whether the values are in a file beside the model.</summary>
    public bool IsExternal { get; private set; }

    /// <summary>Gets the path of that file, relative to the model's folder.</summary>
    public string Location { get; private set; } = "";

    /// <summary>Gets the position of the values in that file.</summary>
    public long Offset { get; private set; }

    /// <summary>Gets the bytes of the values in that file.</summary>
    public long Length { get; private set; } = -1;

    /// <summary>Reads a tensor's fields.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tensor.</exception>
    public static OnnxTensor Read(ReadOnlySpan<byte> file, OnnxPart part)
    {
        var tensor = new OnnxTensor(part);
        var fields = new ProtobufFields(file, part.Start, part.End);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    tensor.ReadDimensions(file, fields);
                    break;
                case 2:
                    tensor.type = (int)fields.Value;
                    break;
                case 8:
                    tensor.Name = Encoding.UTF8.GetString(fields.Content);
                    break;
                case ExternalData:
                    tensor.ReadEntry(file, fields);
                    break;
                case DataLocation:
                    tensor.IsExternal = fields.Value == 1;
                    break;
            }
        }
        if (tensor.Length < 0)
            tensor.Length = tensor.count * SizeOf(tensor.type);
        return tensor;
    }

    /// <summary>
    /// Finds a value that a weight cannot have: NaN, or an infinite one among several. A single infinite value may be a bound, such as
    /// Clip's. A value of 64 bits beyond the range of 32 becomes infinite in a graph that computes in 32 bits.
    /// </summary>
    /// <param name="file">The file, with the values inside.</param>
    public (long Index, double Value)? FindBadValue(ReadOnlySpan<byte> file)
    {
        var fields = new ProtobufFields(file, part.Start, part.End);
        while (fields.Next())
        {
            var bad = fields.Number switch
            {
                FloatData => Find(MemoryMarshal.Cast<byte, float>(fields.Content)),
                DoubleData => FindBeyondSingle(MemoryMarshal.Cast<byte, double>(fields.Content)),
                RawData => type switch
                {
                    1 => Find(MemoryMarshal.Cast<byte, float>(fields.Content)),
                    10 => Find(MemoryMarshal.Cast<byte, Half>(fields.Content)),
                    11 => FindBeyondSingle(MemoryMarshal.Cast<byte, double>(fields.Content)),
                    _ => null,
                },
                _ => null,
            };
            if (bad is { } found && (count != 1 || double.IsNaN(found.Value)))
                return found;
        }
        return null;
    }

    private static (long Index, double Value)? Find<T>(ReadOnlySpan<T> values) where T : struct, System.Numerics.INumber<T>
    {
        for (var index = 0; index < values.Length; index++)
            if (!T.IsFinite(values[index]))
                return (index, double.CreateChecked(values[index]));
        return null;
    }

    private static (long Index, double Value)? FindBeyondSingle(ReadOnlySpan<double> values)
    {
        for (var index = 0; index < values.Length; index++)
            if (!float.IsFinite((float)values[index]))
                return (index, values[index]);
        return null;
    }

    private void ReadDimensions(ReadOnlySpan<byte> file, ProtobufFields field)
    {
        if (!field.HasLength)
        {
            count *= field.Value;
            return;
        }
        // Packed numbers have no tags, so they are not fields.
        var shift = 0;
        var value = 0L;
        foreach (var part in file[field.Start..field.End])
        {
            value |= (long)(part & 0x7f) << shift;
            shift += 7;
            if (part >= 0x80)
                continue;
            count *= value;
            (shift, value) = (0, 0);
        }
    }

    private void ReadEntry(ReadOnlySpan<byte> file, ProtobufFields field)
    {
        var key = "";
        var value = "";
        var fields = new ProtobufFields(file, field.Start, field.End);
        while (fields.Next())
        {
            if (fields.Number == 1)
                key = Encoding.UTF8.GetString(fields.Content);
            if (fields.Number == 2)
                value = Encoding.UTF8.GetString(fields.Content);
        }
        if (key == "location")
            Location = value;
        if (key == "offset")
            Offset = Number(key, value);
        if (key == "length")
            Length = Number(key, value);
    }

    private static long Number(string key, string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"external data with {key} \"{value}\", expected a number of bytes");

    private static int SizeOf(int type) => type switch
    {
        2 or 3 or 9 => 1,
        4 or 5 or 10 or 16 => 2,
        1 or 6 or 12 => 4,
        7 or 11 or 13 or 14 => 8,
        15 => 16,
        _ => 1,
    };
}
