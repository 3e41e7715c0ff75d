using System.Buffers.Binary;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>Splits and joins BYTES tensors. An element is its length as little-endian UInt32, followed by its bytes.</summary>
internal static class BytesElements
{
    /// <summary>Splits the tensor into its elements without copying them.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="expected">Number of elements according to the shape.</param>
    /// <exception cref="InferenceException">The number of elements is wrong, or an element is cut off.</exception>
    public static ReadOnlyMemory<byte>[] Split(in RawTensor tensor, int expected)
    {
        var elements = new ReadOnlyMemory<byte>[expected];
        var rest = tensor.Data;
        var name = Excerpt.Of(tensor.Name);
        var found = 0;
        while (rest.Length > 0)
        {
            if (rest.Length < sizeof(uint))
                throw OpenInferenceErrors.Invalid(
                    $"incomplete string length indicator for inference input '{name}', " +
                    $"expecting 4 bytes but only {rest.Length} bytes available");
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
            rest = rest[sizeof(uint)..];
            if (length > rest.Length)
                throw OpenInferenceErrors.Invalid(
                    $"incomplete string data for inference input '{name}', " +
                    $"expecting string of length {length} but only {rest.Length} bytes available");
            if (found == expected)
                throw OpenInferenceErrors.Invalid(
                    $"unexpected number of string elements {found + 1} for inference input '{name}', expecting {expected}");
            elements[found++] = rest[..(int)length];
            rest = rest[(int)length..];
        }
        return found == expected
            ? elements
            : throw OpenInferenceErrors.Invalid($"expected {expected} string elements for inference input '{name}', got {found}");
    }

    /// <summary>Joins elements to the data of a tensor.</summary>
    public static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> elements)
    {
        var data = new byte[elements.Sum(element => sizeof(uint) + element.Length)];
        var rest = data.AsSpan();
        foreach (var element in elements)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)element.Length);
            element.Span.CopyTo(rest[sizeof(uint)..]);
            rest = rest[(sizeof(uint) + element.Length)..];
        }
        return data;
    }
}
