using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;

namespace LeNetServe.Exporter.Inspect;

/// <summary>Compares two model files: versions, metadata, inputs and outputs, nodes by name, constants by name and value.</summary>
internal sealed class ModelComparer
{
    private readonly List<ModelDifference> differences = [];

    /// <summary>Lists every difference. Equal models give none, even if their bytes differ.</summary>
    public static IReadOnlyList<ModelDifference> Compare(ModelProto left, ModelProto right)
    {
        var comparer = new ModelComparer();
        comparer.CompareHeads(left, right);
        comparer.ByName("metadata", OnnxFile.Metadata(left), OnnxFile.Metadata(right), Describe);
        comparer.ByName("input", Named(left.Graph.Input, value => value.Name), Named(right.Graph.Input, value => value.Name), Describe);
        comparer.ByName("output", Named(left.Graph.Output, value => value.Name), Named(right.Graph.Output, value => value.Name), Describe);
        comparer.ByName("node", Named(left.Graph.Node, NodeName), Named(right.Graph.Node, NodeName), Describe);
        comparer.CompareConstants(left, right);
        return comparer.differences;
    }

    private void CompareHeads(ModelProto left, ModelProto right)
    {
        Compare("IR version", $"{left.IrVersion}", $"{right.IrVersion}");
        Compare("operator sets", Opsets(left), Opsets(right));
        Compare("producer", $"{left.ProducerName} {left.ProducerVersion}", $"{right.ProducerName} {right.ProducerVersion}");
        Compare("doc string", left.DocString, right.DocString);
        Compare("graph name", left.Graph.Name, right.Graph.Name);
    }

    private void CompareConstants(ModelProto left, ModelProto right)
    {
        var a = Named(left.Graph.Initializer, tensor => tensor.Name);
        var b = Named(right.Graph.Initializer, tensor => tensor.Name);
        foreach (var name in a.Keys.Union(b.Keys))
        {
            var x = a.GetValueOrDefault(name);
            var y = b.GetValueOrDefault(name);
            if (Describe(x) != Describe(y))
                differences.Add(new($"initializer {name}", Describe(x), Describe(y)));
            else if (!x!.RawData.Equals(y!.RawData) || !x.Equals(y))
                differences.Add(new($"initializer {name}", Describe(x), Describe(y)) { MaxDifference = Largest(x, y) });
        }
    }

    private void Compare(string what, string? left, string? right)
    {
        if (left != right)
            differences.Add(new(what, left, right));
    }

    private void ByName<T>(string kind, Dictionary<string, T> left, Dictionary<string, T> right, Func<T, string> describe)
    {
        foreach (var name in left.Keys.Union(right.Keys))
        {
            var a = left.TryGetValue(name, out var x) ? describe(x) : null;
            var b = right.TryGetValue(name, out var y) ? describe(y) : null;
            // Two values may differ and read the same, such as two long texts of one length.
            if (!Equals(x, y))
                Compare($"{kind} {name}", a, a == b ? $"{b}, different" : b);
        }
    }

    private static double? Largest(TensorProto x, TensorProto y) => TensorData.IsFloats(x)
        ? Comparison.Of<float>(TensorData.ToSingles(x), TensorData.ToSingles(y)).MaxDifference
        : null;

    private static Dictionary<string, T> Named<T>(IEnumerable<T> items, Func<T, string> name)
    {
        var named = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items)
            named[name(item)] = item;
        return named;
    }

    private static string NodeName(NodeProto node) => node.Name != "" ? node.Name : node.Output.FirstOrDefault() ?? "";

    private static string Opsets(ModelProto model) =>
        string.Join(", ", model.OpsetImport.Select(import => $"{(import.Domain == "" ? "ai.onnx" : import.Domain)} {import.Version}"));

    private static string Describe(string value) => value.Length <= 80 ? value : $"{value.Length} characters";

    private static string Describe(ValueInfoProto value) =>
        Onnx.ValueType.IsDeclared(value) ? Onnx.ValueType.From(value).ToString() : "no tensor";

    private static string Describe(NodeProto node)
    {
        var attributes = string.Join(" ", node.Attribute.Select(attribute => $"{attribute.Name}={Value(attribute)}"));
        return $"{node.OpType}({string.Join(", ", node.Input)}) {attributes}".TrimEnd();
    }

    private static string? Describe(TensorProto? tensor) => tensor is null ? null : TensorData.Describe(tensor);

    private static string Value(AttributeProto attribute) => attribute.Type switch
    {
        AttributeProto.Types.AttributeType.Int => $"{attribute.I}",
        AttributeProto.Types.AttributeType.Float => $"{attribute.F}",
        AttributeProto.Types.AttributeType.Ints => $"[{string.Join(",", attribute.Ints)}]",
        AttributeProto.Types.AttributeType.Floats => $"[{string.Join(",", attribute.Floats)}]",
        AttributeProto.Types.AttributeType.String => attribute.S.ToStringUtf8(),
        var type => type.ToString(),
    };
}
