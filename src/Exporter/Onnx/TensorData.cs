using System.Runtime.InteropServices;
using Google.Protobuf;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Exporter.Onnx;

/// <summary>Tensors of a model file: written as raw little-endian bytes, read from any field that another writer used.</summary>
internal static class TensorData
{
    /// <summary>Creates a float32 tensor. Values are rounded to the nearest float; −0 becomes 0.</summary>
    public static TensorProto FloatTensor(string name, ReadOnlySpan<double> values, params long[] shape)
    {
        var data = new float[values.Length];
        for (var index = 0; index < data.Length; index++)
            data[index] = (float)values[index] + 0f;
        return Raw(name, DataType.Float, shape, MemoryMarshal.AsBytes<float>(data));
    }

    /// <summary>Creates a float16 tensor.</summary>
    /// <exception cref="InvalidDataException">A value is outside the format's range.</exception>
    public static TensorProto HalfTensor(string name, ReadOnlySpan<double> values, params long[] shape)
    {
        var data = new Half[values.Length];
        for (var index = 0; index < data.Length; index++)
        {
            data[index] = (Half)(values[index] + 0.0);
            if (!Half.IsFinite(data[index]))
                throw new InvalidDataException($"tensor \"{name}\" holds {values[index]} at {index}, expected at most 65504 for float16: "
                    + "export with --precision float32");
        }
        return Raw(name, DataType.Float16, shape, MemoryMarshal.AsBytes<Half>(data));
    }

    /// <summary>Creates a one-dimensional tensor of 64-bit integers.</summary>
    public static TensorProto Int64Tensor(string name, ReadOnlySpan<long> values) =>
        Raw(name, DataType.Int64, [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>Creates a tensor of any type from its little-endian bytes.</summary>
    public static TensorProto Raw(string name, DataType type, IReadOnlyList<long> shape, ReadOnlySpan<byte> data)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(data) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    /// <summary>Gets the bytes of one element; 0 for types without a fixed size here.</summary>
    public static int SizeOf(int type) => (DataType)type switch
    {
        DataType.Uint8 or DataType.Int8 or DataType.Bool => 1,
        DataType.Uint16 or DataType.Int16 or DataType.Float16 or DataType.Bfloat16 => 2,
        DataType.Float or DataType.Int32 or DataType.Uint32 => 4,
        DataType.Int64 or DataType.Double or DataType.Uint64 => 8,
        _ => 0,
    };

    /// <summary>Gets the standard's name of an element type in lower case, such as <c>float32</c>.</summary>
    public static string NameOf(int type) => (DataType)type switch
    {
        DataType.Float => "float32",
        DataType.Double => "float64",
        var known when Enum.IsDefined(known) => known.ToString().ToLowerInvariant(),
        _ => $"type {type}",
    };

    /// <summary>Describes a tensor for people, such as <c>float32 6×1×5×5</c>.</summary>
    public static string Describe(TensorProto tensor) => $"{NameOf(tensor.DataType)} {string.Join('×', tensor.Dims)}";

    /// <summary>Counts the elements; −1 if the dimensions are impossible.</summary>
    public static long Count(TensorProto tensor)
    {
        Int128 count = 1;
        foreach (var dimension in tensor.Dims)
        {
            count *= dimension;
            if (dimension < 0 || count > int.MaxValue)
                return -1;
        }
        return (long)count;
    }

    /// <summary>Gets whether <see cref="ToSingles"/> reads the tensor's type.</summary>
    public static bool IsFloats(TensorProto tensor) => (DataType)tensor.DataType is DataType.Float or DataType.Float16 or DataType.Double;

    /// <summary>Reads the values of a tensor of floats (16, 32 or 64 bits), row-major.</summary>
    /// <exception cref="InvalidDataException">The tensor has another type, or its data does not match its shape.</exception>
    public static float[] ToSingles(TensorProto tensor)
    {
        var raw = tensor.RawData.Span;
        float[] values = (DataType)tensor.DataType switch
        {
            DataType.Float when tensor.HasRawData && raw.Length % 4 == 0 => MemoryMarshal.Cast<byte, float>(raw).ToArray(),
            DataType.Float when !tensor.HasRawData => [.. tensor.FloatData],
            DataType.Float16 when tensor.HasRawData && raw.Length % 2 == 0 => Convert<Half>(raw, value => (float)value),
            DataType.Double when tensor.HasRawData && raw.Length % 8 == 0 => Convert<double>(raw, value => (float)value),
            _ => throw new InvalidDataException($"tensor \"{tensor.Name}\" is {NameOf(tensor.DataType)}, expected floats"),
        };
        return values.Length == Count(tensor)
            ? values
            : throw new InvalidDataException(
                $"tensor \"{tensor.Name}\" holds {values.Length} values, expected {string.Join('×', tensor.Dims)}");
    }

    private static float[] Convert<T>(ReadOnlySpan<byte> data, Func<T, float> convert) where T : struct
    {
        var values = MemoryMarshal.Cast<byte, T>(data);
        var result = new float[values.Length];
        for (var index = 0; index < result.Length; index++)
            result[index] = convert(values[index]);
        return result;
    }
}
