using AttributeType = LeNetServe.Exporter.Onnx.AttributeProto.Types.AttributeType;

namespace LeNetServe.Exporter.Onnx;

/// <summary>Attributes of a node by name.</summary>
internal static class NodeAttributes
{
    /// <summary>Adds an integer.</summary>
    public static NodeProto AddInt(this NodeProto node, string name, long value)
    {
        node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeType.Int, I = value });
        return node;
    }

    /// <summary>Adds a list of integers.</summary>
    public static NodeProto AddInts(this NodeProto node, string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        foreach (var value in values)
            attribute.Ints.Add(value);
        node.Attribute.Add(attribute);
        return node;
    }

    /// <summary>The attribute of that name; null where the node has none.</summary>
    public static AttributeProto? Find(this NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    /// <summary>An integer, or the standard's default.</summary>
    public static long Int(this NodeProto node, string name, long otherwise) => node.Find(name)?.I ?? otherwise;

    /// <summary>A list of integers; null where the node has none.</summary>
    public static IReadOnlyList<long>? Ints(this NodeProto node, string name) => node.Find(name)?.Ints;
}
