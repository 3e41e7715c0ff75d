using System.Text;

namespace LeNetServe.Runtime.Running;

/// <summary>
/// Reads and declares tensors in the bytes of an ONNX file. The numbers of the fields are those of onnx.proto.
/// </summary>
internal static class GraphTensors
{
    private const int Graph = 7;
    private const int Node = 1;
    private const int NodeOutput = 2;
    private const int GraphOutput = 12;
    private const int Name = 1;

    /// <summary>Gets the names of all tensors that nodes of the graph compute, in the order of the nodes.</summary>
    /// <exception cref="InvalidDataException">The bytes are not protobuf.</exception>
    public static IReadOnlyList<string> Computed(ReadOnlySpan<byte> model)
    {
        var names = new List<string>();
        while (TryRead(ref model, out var inModel, out var graph))
        {
            while (inModel == Graph && TryRead(ref graph, out var inGraph, out var node))
            {
                while (inGraph == Node && TryRead(ref node, out var inNode, out var output))
                    if (inNode == NodeOutput && output.Length > 0)
                        names.Add(Encoding.UTF8.GetString(output));
            }
        }
        return names;
    }

    /// <summary>Declares tensors as outputs, in an addition at the end: protobuf merges a message that occurs twice.</summary>
    public static byte[] WithOutputs(byte[] model, IEnumerable<string> names)
    {
        var outputs = names.SelectMany(name => Field(GraphOutput, Field(Name, Encoding.UTF8.GetBytes(name))));
        return [.. model, .. Field(Graph, [.. outputs])];
    }

    private static byte[] Field(int number, byte[] content)
    {
        var bytes = new List<byte> { (byte)((number << 3) | 2) };
        var length = content.Length;
        while (length >= 0x80)
        {
            bytes.Add((byte)(length | 0x80));
            length >>= 7;
        }
        bytes.Add((byte)length);
        return [.. bytes, .. content];
    }

    /// <summary>Reads one field. Its content is empty unless it has a length.</summary>
    private static bool TryRead(ref ReadOnlySpan<byte> rest, out int number, out ReadOnlySpan<byte> content)
    {
        number = 0;
        content = default;
        if (rest.IsEmpty)
            return false;
        var tag = Varint(ref rest);
        number = (int)(tag >> 3);
        var length = (tag & 7) switch
        {
            0 => Varint(ref rest) & 0,
            1 => 8UL,
            2 => Varint(ref rest),
            5 => 4UL,
            var type => throw new InvalidDataException($"a field of wire type {type}, expected 0, 1, 2 or 5"),
        };
        if (length > (ulong)rest.Length)
            throw new InvalidDataException($"a field of {length} bytes, expected at most {rest.Length}");
        if ((tag & 7) == 2)
            content = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> rest)
    {
        var value = 0UL;
        for (var index = 0; index < Math.Min(10, rest.Length); index++)
        {
            value |= (ulong)(rest[index] & 0x7F) << (7 * index);
            if (rest[index] < 0x80)
            {
                rest = rest[(index + 1)..];
                return value;
            }
        }
        throw new InvalidDataException("a number without an end");
    }
}
