using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using DataType = LeNetServe.Exporter.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Exporter.Inspect;

/// <summary>Says what differs between two model files: versions, metadata, inputs and outputs, nodes by name, constants by name and value.</summary>
internal static class ModelComparer
{
    /// <summary>Every difference; none where the models are equal, whatever their bytes.</summary>
    public static IReadOnlyList<ModelDifference> Compare(ModelProto left, ModelProto right)
    {
        var differences = new List<ModelDifference>();
        void Compare(string what, string? a, string? b)
        {
            if (a != b)
                differences.Add(new(what, a, b));
        }

        Compare("IR version", $"{left.IrVersion}", $"{right.IrVersion}");
        Compare("operator sets", Opsets(left), Opsets(right));
        Compare("producer", $"{left.ProducerName} {left.ProducerVersion}", $"{right.ProducerName} {right.ProducerVersion}");
        Compare("doc string", left.DocString, right.DocString);
        Compare("graph name", left.Graph.Name, right.Graph.Name);
        ByName("metadata", OnnxFile.Metadata(left), OnnxFile.Metadata(right), value => value.Length <= 80 ? value : $"{value.Length} characters", Compare);
        ByName("input", Named(left.Graph.Input, value => value.Name), Named(right.Graph.Input, value => value.Name), Describe, Compare);
        ByName("output", Named(left.Graph.Output, value => value.Name), Named(right.Graph.Output, value => value.Name), Describe, Compare);
        ByName("node", Named(left.Graph.Node, NodeName), Named(right.Graph.Node, NodeName), Describe, Compare);
        CompareConstants(left, right, differences);
        return differences;
    }

    private static void CompareConstants(ModelProto left, ModelProto right, List<ModelDifference> differences)
    {
        var (a, b) = (Named(left.Graph.Initializer, tensor => tensor.Name), Named(right.Graph.Initializer, tensor => tensor.Name));
        foreach (var name in a.Keys.Union(b.Keys))
        {
            var (x, y) = (a.GetValueOrDefault(name), b.GetValueOrDefault(name));
            if (Describe(x) != Describe(y))
                differences.Add(new($"initializer {name}", Describe(x), Describe(y)));
            else if (!x!.RawData.Equals(y!.RawData) || !x.Equals(y))
                differences.Add(new($"initializer {name}", Describe(x), Describe(y)) { MaxDifference = Largest(x, y) });
        }
    }

    private static double? Largest(TensorProto x, TensorProto y) => (DataType)x.DataType is DataType.Float or DataType.Float16 or DataType.Double
        ? Comparison.Of<float>(TensorData.ToSingles(x), TensorData.ToSingles(y)).MaxDifference
        : null;

    private static void ByName<T>(string kind, Dictionary<string, T> left, Dictionary<string, T> right, Func<T, string> describe, Action<string, string?, string?> compare)
    {
        foreach (var name in left.Keys.Union(right.Keys))
        {
            var (a, b) = (left.TryGetValue(name, out var x) ? x : default, right.TryGetValue(name, out var y) ? y : default);
            if (!Equals(a, b))
                compare($"{kind} {name}", a is null ? null : describe(a), b is null ? null : Distinct(describe(b), a is null ? null : describe(a)));
        }
    }

    // Two values that differ and read the same, such as two long texts of one length.
    private static string Distinct(string right, string? left) => right == left ? $"{right}, different" : right;

    private static Dictionary<string, T> Named<T>(IEnumerable<T> items, Func<T, string> name)
    {
        var named = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items)
            named[name(item)] = item;
        return named;
    }

    private static string NodeName(NodeProto node) => node.Name != "" ? node.Name : node.Output.FirstOrDefault() ?? "";

    private static string Opsets(ModelProto model) => string.Join(", ", model.OpsetImport.Select(import => $"{(import.Domain == "" ? "ai.onnx" : import.Domain)} {import.Version}"));

    private static string Describe(ValueInfoProto value) => 
        Onnx.ValueType.IsDeclared(value) ? Onnx.ValueType.From(value).ToString() : "no tensor";

    private static string Describe(NodeProto node) =>
        $"{node.OpType}({string.Join(", ", node.Input)}) {string.Join(" ", node.Attribute.Select(attribute => $"{attribute.Name}={Value(attribute)}"))}".TrimEnd();

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
