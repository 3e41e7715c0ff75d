using Google.Protobuf;
using LeNetServe.Runtime.Running;

namespace LeNetServe.Exporter.Onnx;

/// <summary>Infers types and shapes by ONNX Runtime's rules, so that this project keeps no rules of its own for each operator.</summary>
internal static class InferredTypes
{
    /// <summary>
    /// Infers the type of every tensor that a node computes. Declarations in the file are left out. A dimension that ONNX Runtime cannot
    /// infer is unknown, such as the open batch after a Reshape.
    /// </summary>
    /// <exception cref="Runtime.Errors.InferenceException">ONNX Runtime refuses the graph.</exception>
    public static IReadOnlyDictionary<string, ValueType> Of(ModelProto model)
    {
        var copy = model.Clone();
        copy.Graph.ValueInfo.Clear();
        copy.Graph.Output.Clear();
        foreach (var name in copy.Graph.Node.SelectMany(node => node.Output).Where(name => name != "").Distinct(StringComparer.Ordinal))
            copy.Graph.Output.Add(new ValueInfoProto { Name = name });
        using var session = new GraphSession(copy.ToByteArray(), optimize: false);
        return session.OutputTypes.ToDictionary(
            output => output.Key,
            output => new ValueType((TensorProto.Types.DataType)output.Value.Element, [.. output.Value.Dimensions.Select(Dimension.Parse)]),
            StringComparer.Ordinal);
    }
}
