using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>Converts tensors of other element types to FP32.</summary>
internal static class NumericTensor
{
    /// <summary>Converts values to little-endian 32-bit floats, rounded to a float's precision, without scaling.</summary>
    /// <exception cref="InferenceException">The type is not a numeric one, or a value is beyond the range of a float.</exception>
    public static byte[] ToFloats(RawTensor tensor, TensorDatatype datatype)
    {
        var data = tensor.Data.Span;
        var count = data.Length / datatype.Size();
        var bytes = new byte[count * sizeof(float)];
        var floats = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        for (var i = 0; i < count; i++)
        {
            var element = data.Slice(i * datatype.Size(), datatype.Size());
            floats[i] = datatype switch
            {
                TensorDatatype.UInt8 => element[0],
                TensorDatatype.Int8 => (sbyte)element[0],
                TensorDatatype.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
                TensorDatatype.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
                TensorDatatype.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
                TensorDatatype.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
                TensorDatatype.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(element),
                TensorDatatype.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
                TensorDatatype.Fp16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                TensorDatatype.Bf16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                TensorDatatype.Fp64 => Narrow(tensor, i, BinaryPrimitives.ReadDoubleLittleEndian(element)),
                TensorDatatype.Fp32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                _ => throw OpenInferenceErrors.Invalid(
                    $"inference input '{tensor.Name}' data-type is '{tensor.Datatype}', expected numbers or BYTES"),
            };
        }
        return bytes;
    }

    // A finite value must not become infinite.
    private static float Narrow(in RawTensor tensor, int index, double value) => double.IsFinite(value) && !float.IsFinite((float)value)
        ? throw OpenInferenceErrors.Invalid(
            $"element {index} of input tensor '{Excerpt.Of(tensor.Name)}' is {value}, expected a number in the range of FP32")
        : (float)value;

    /// <summary>Converts images of H×W×C to C×H×W.</summary>
    /// <param name="data">The images.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    /// <param name="pixels">H·W.</param>
    /// <param name="channels">C.</param>
    public static byte[] ChannelsFirst(ReadOnlySpan<byte> data, int elementSize, int pixels, int channels)
    {
        var result = new byte[data.Length];
        var image = pixels * channels * elementSize;
        for (var start = 0; start < data.Length; start += image)
            for (var pixel = 0; pixel < pixels; pixel++)
                for (var channel = 0; channel < channels; channel++)
                    data.Slice(start + (((pixel * channels) + channel) * elementSize), elementSize)
                        .CopyTo(result.AsSpan(start + (((channel * pixels) + pixel) * elementSize)));
        return result;
    }
}
