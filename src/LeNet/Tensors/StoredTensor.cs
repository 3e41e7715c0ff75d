using System.Runtime.InteropServices;

namespace LeNetServe.Tensors;

/// <summary>A tensor as it lies in a file: little-endian, row-major.</summary>
public sealed record StoredTensor(TensorType Type, int[] Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>A 32-bit float tensor of that shape.</summary>
    public static StoredTensor From(ReadOnlySpan<float> values, params int[] shape) =>
        new(TensorType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.U8 => 1,
        TensorType.F32 => 4,
        TensorType.I64 or TensorType.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
    };

    /// <summary>The values of a 32-bit float tensor.</summary>
    /// <exception cref="InvalidDataException">The tensor has another type.</exception>
    public float[] ToSingles() => Type == TensorType.F32
        ? MemoryMarshal.Cast<byte, float>(Data.Span).ToArray()
        : throw new InvalidDataException($"the tensor is {this}, expected F32");

    /// <summary>Type and shape, as in <c>F32 6×1×5×5</c>.</summary>
    public override string ToString() => $"{Type} {string.Join('×', Shape)}";
}
