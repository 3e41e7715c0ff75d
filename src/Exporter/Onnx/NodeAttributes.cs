using Google.Protobuf;
using AttributeType = LeNetServe.Onnx.AttributeProto.Types.AttributeType;

namespace LeNetServe.Exporter.Onnx;

/// <summary>Adds attributes to a node.</summary>
internal static class NodeAttributes
{
    /// <summary>Adds an integer.</summary>
    public static NodeProto AddInt(this NodeProto node, string name, long value)
    {
        node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeType.Int, I = value });
        return node;
    }

    public static NodeProto AddText(this NodeProto node, string name, string value)
    {
        node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) });
        return node;
    }

    /// <summary>Adds the square windows of a convolution or pooling.</summary>
    public static NodeProto AddWindows(this NodeProto node, int size, int stride, int padding = 0) => node
        .AddInts("kernel_shape", size, size)
        .AddInts("pads", padding, padding, padding, padding)
        .AddInts("strides", stride, stride);

    /// <summary>Adds a list of integers.</summary>
    public static NodeProto AddInts(this NodeProto node, string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        foreach (var value in values)
            attribute.Ints.Add(value);
        node.Attribute.Add(attribute);
        return node;
    }
}
