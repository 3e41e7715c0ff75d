using System.Buffers.Binary;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>Splits BYTES tensors. An element is its length as little-endian UInt32, followed by its bytes.</summary>
internal static class ImageElements
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
}
