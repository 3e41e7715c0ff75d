using System.Buffers.Binary;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>The elements of a BYTES tensor: a length as little-endian UInt32, then so many bytes.</summary>
internal static class ImageElements
{
    /// <summary>Cuts the tensor into its elements, without copying them.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="expected">Number of elements that the shape promises.</param>
    /// <exception cref="InferenceException">There are more or fewer, or one is cut off.</exception>
    public static ReadOnlyMemory<byte>[] Split(in RawTensor tensor, int expected)
    {
        var elements = new ReadOnlyMemory<byte>[expected];
        var (rest, found) = (tensor.Data, 0);
        while (rest.Length > 0)
        {
            if (rest.Length < sizeof(uint))
                throw OpenInferenceErrors.Invalid($"incomplete string length indicator for inference input '{tensor.Name}', expecting 4 bytes but only {rest.Length} bytes available");
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
            rest = rest[sizeof(uint)..];
            if (length > rest.Length)
                throw OpenInferenceErrors.Invalid($"incomplete string data for inference input '{tensor.Name}', expecting string of length {length} but only {rest.Length} bytes available");
            if (found == expected)
                throw OpenInferenceErrors.Invalid($"unexpected number of string elements {found + 1} for inference input '{tensor.Name}', expecting {expected}");
            elements[found++] = rest[..(int)length];
            rest = rest[(int)length..];
        }
        return found == expected
            ? elements
            : throw OpenInferenceErrors.Invalid($"expected {expected} string elements for inference input '{tensor.Name}', got {found}");
    }
}
