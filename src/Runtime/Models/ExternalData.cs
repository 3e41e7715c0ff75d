using System.Globalization;
using Google.Protobuf;
using LeNetServe.Files;
using LeNetServe.Onnx;

namespace LeNetServe.Runtime.Models;

/// <summary>The values of a tensor that lie in a file beside the model.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Location">The path of the file, relative to the model's folder.</param>
/// <param name="Offset">The position of the values in the file.</param>
/// <param name="Length">The bytes of the values.</param>
internal sealed record ExternalData(TensorProto Tensor, string Location, long Offset, long Length)
{
    /// <summary>Reads a tensor's entries; null if its values are in the model.</summary>
    /// <exception cref="InvalidDataException">An entry is not a number of bytes.</exception>
    public static ExternalData? Of(TensorProto tensor)
    {
        if (tensor.DataLocation != TensorProto.Types.DataLocation.External)
            return null;
        var entries = tensor.ExternalData.ToLookup(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        var all = tensor.Dims.Aggregate(1L, (product, size) => product * size) * SizeOf(tensor.DataType);
        return new(tensor, entries["location"].LastOrDefault(""), Number("offset") ?? 0, Number("length") ?? all);

        long? Number(string key) => entries[key].LastOrDefault() is not { } value ? null
            : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new InvalidDataException($"external data with {key} \"{value}\", expected a number of bytes");
    }

    /// <summary>Puts the values into the tensor.</summary>
    /// <param name="file">The content of the file, which must not change afterwards.</param>
    /// <exception cref="InvalidDataException">The file is too short for the tensor.</exception>
    public void Join(ReadOnlyMemory<byte> file)
    {
        if (Offset > file.Length - Length && ForeignFile.Known(file.Span) is var (found, advice))
            throw new InvalidDataException($"{Location}: {found}, expected the values of tensor \"{Tensor.Name}\"{advice}");
        if (Offset > file.Length - Length)
            throw new InvalidDataException($"{Location} has {file.Length} bytes, and tensor \"{Tensor.Name}\" takes "
                + $"{Length} of them from {Offset}: the file is cut or belongs to another model");
        Tensor.RawData = UnsafeByteOperations.UnsafeWrap(file.Slice((int)Offset, (int)Length));
        Tensor.ExternalData.Clear();
        Tensor.ClearDataLocation();
    }

    // By the numbers of onnx.proto; complex numbers are 14 and 15.
    private static int SizeOf(int type) => type switch
    {
        4 or 5 or 10 or 16 => 2,
        1 or 6 or 12 => 4,
        7 or 11 or 13 or 14 => 8,
        15 => 16,
        _ => 1,
    };
}
