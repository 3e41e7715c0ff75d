using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Errors;
using ValueType = LeNetServe.Exporter.Onnx.ValueType;

namespace LeNetServe.Exporter.Inspect;

/// <summary>Looks into an ONNX file.</summary>
internal static class ModelInspector
{
    /// <summary>Reads a file and describes its content.</summary>
    /// <exception cref="InvalidDataException">It is not an ONNX file, or was changed after this project wrote it.</exception>
    public static ModelInspection Inspect(string path)
    {
        var (model, content) = OnnxFile.Read(path);
        var graph = model.Graph;
        var metadata = OnnxFile.Metadata(model);
        var served = ServerNeeds.Check(path, model);
        return new()
        {
            Path = path,
            Bytes = content.Length,
            Sha256 = content.Sha256,
            DataFiles = content.DataFiles,
            Seal = metadata.ContainsKey(OnnxFile.SealKey) ? "intact" : "none",
            IrVersion = model.IrVersion,
            Opsets = model.OpsetImport.GroupBy(import => import.Domain == "" ? "ai.onnx" : import.Domain)
                .ToDictionary(group => group.Key, group => group.Last().Version),
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            Doc = model.DocString,
            Graph = graph.Name,
            Inputs = [.. OnnxFile.Inputs(model).Select(Describe)],
            Outputs = [.. graph.Output.Select(Describe)],
            Nodes = Nodes(model),
            Operators = new SortedDictionary<string, int>(graph.Node.CountBy(OperatorName).ToDictionary(), StringComparer.Ordinal),
            Parameters = graph.Initializer.Sum(Values),
            ParameterBytes = graph.Initializer.Sum(Size),
            Metadata = metadata,
            Served = served.Served,
            MissingForServer = served.Missing,
        };
    }

    // As the file declares them; ONNX Runtime infers the others, unless it refuses the graph.
    private static Dictionary<string, ValueType> Types(ModelProto model)
    {
        var types = new Dictionary<string, ValueType>(StringComparer.Ordinal);
        foreach (var value in model.Graph.Input.Concat(model.Graph.ValueInfo).Concat(model.Graph.Output).Where(ValueType.IsDeclared))
            types.TryAdd(value.Name, ValueType.From(value));
        if (model.Graph.Node.All(node => node.Output.Count == 0 || types.ContainsKey(node.Output[0])))
            return types;
        try
        {
            foreach (var (name, type) in InferredTypes.Of(model))
                types.TryAdd(name, type);
        }
        catch (InferenceException)
        {
            // ServerNeeds reports the refusal.
        }
        return types;
    }

    private static List<NodeInfo> Nodes(ModelProto model)
    {
        var types = Types(model);
        var unused = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (var tensor in model.Graph.Initializer)
            unused[tensor.Name] = tensor;
        var nodes = new List<NodeInfo>(model.Graph.Node.Count);
        foreach (var node in model.Graph.Node)
        {
            var parameters = 0L;
            var size = 0L;
            foreach (var name in node.Input)
            {
                if (!unused.Remove(name, out var tensor))
                    continue;
                parameters += Values(tensor);
                size += Size(tensor);
            }
            var output = node.Output.FirstOrDefault() ?? "";
            nodes.Add(new(
                node.Name == "" ? output : node.Name, OperatorName(node), types.GetValueOrDefault(output)?.ToString(), parameters, size));
        }
        return nodes;
    }

    private static TensorInfo Describe(ValueInfoProto value)
    {
        if (value.Type?.TensorType is not { HasElemType: true } tensor)
            return new(value.Name, "no tensor", []);
        var shape = tensor.Shape?.Dim.Select(size => Dimension.From(size).ToString());
        return new(value.Name, TensorData.NameOf(tensor.ElemType), [.. shape ?? []]);
    }

    private static string OperatorName(NodeProto node) => node.Domain == "" ? node.OpType : $"{node.Domain}.{node.OpType}";

    private static long Values(TensorProto tensor) => Math.Max(0, TensorData.Count(tensor));

    private static long Size(TensorProto tensor) => Values(tensor) * TensorData.SizeOf(tensor.DataType);
}
