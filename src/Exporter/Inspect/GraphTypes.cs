using LeNetServe.Exporter.Check;
using LeNetServe.Exporter.Onnx;
using DataType = LeNetServe.Exporter.Onnx.TensorProto.Types.DataType;
using ValueType = LeNetServe.Exporter.Check.ValueType;

namespace LeNetServe.Exporter.Inspect;

/// <summary>Types and shapes in anybody's graph: as declared, else by the rules of the operators known here.</summary>
internal static class GraphTypes
{
    /// <summary>The types that are known, by tensor name. A node that breaks a rule just stays unknown.</summary>
    public static IReadOnlyDictionary<string, ValueType> Infer(GraphProto graph)
    {
        var types = new Dictionary<string, ValueType>(StringComparer.Ordinal);
        var constants = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
        {
            constants[tensor.Name] = tensor;
            types[tensor.Name] = new((DataType)tensor.DataType, [.. tensor.Dims.Select(size => (Dimension)size)]);
        }
        foreach (var value in graph.Input.Concat(graph.ValueInfo).Concat(graph.Output))
            if (value.Type?.TensorType is { HasElemType: true, Shape: not null })
                types.TryAdd(value.Name, ValueType.From(value));
        foreach (var node in graph.Node)
        {
            if (node.Output.Count == 0 || types.ContainsKey(node.Output[0]) || !OperatorRules.All.TryGetValue(node.OpType, out var rule))
                continue;
            var inputs = node.Input.Where(types.ContainsKey).Select(name => types[name]).ToList();
            if (inputs.Count != node.Input.Count || inputs.Count < rule.MinInputs)
                continue;
            try
            {
                types[node.Output[0]] = rule.Infer(new(node, inputs, constants));
            }
            catch (Exception exception) when (exception is InvalidDataException or ArgumentException or OverflowException or DivideByZeroException)
            {
                // A foreign graph may use an operator in a form that is not written here.
            }
        }
        return types;
    }
}
