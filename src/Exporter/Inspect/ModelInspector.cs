using System.Security.Cryptography;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Errors;
using ValueType = LeNetServe.Exporter.Onnx.ValueType;

namespace LeNetServe.Exporter.Inspect;

/// <summary>Looks into an ONNX file.</summary>
internal static class ModelInspector
{
    /// <summary>What the file holds.</summary>
    /// <exception cref="InvalidDataException">It is no ONNX file, or was changed after this project wrote it.</exception>
    public static ModelInspection Inspect(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var model = OnnxFile.Parse(path, bytes);
        OnnxFile.CheckSeal(path, model);
        var graph = model.Graph;
        var types = Types(model);
        var constants = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
            constants[tensor.Name] = tensor;
        var inputs = graph.Input.Where(input => !constants.ContainsKey(input.Name)).Select(Describe).ToList();
        var outputs = graph.Output.Select(Describe).ToList();
        var metadata = OnnxFile.Metadata(model);
        var served = ServerNeeds.Check(path, model);
        return new()
        {
            Path = path,
            Bytes = bytes.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Seal = metadata.ContainsKey(OnnxFile.SealKey) ? "intact" : "none",
            IrVersion = model.IrVersion,
            Opsets = model.OpsetImport.GroupBy(import => import.Domain == "" ? "ai.onnx" : import.Domain).ToDictionary(group => group.Key, group => group.Last().Version),
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            Doc = model.DocString,
            Graph = graph.Name,
            Inputs = inputs,
            Outputs = outputs,
            Nodes = Nodes(graph, types, constants),
            Operators = new SortedDictionary<string, int>(graph.Node.GroupBy(OperatorName).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal),
            Parameters = graph.Initializer.Sum(tensor => Math.Max(0, TensorData.Count(tensor))),
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

    private static List<NodeInfo> Nodes(GraphProto graph, Dictionary<string, ValueType> types, Dictionary<string, TensorProto> constants)
    {
        var counted = new HashSet<string>(StringComparer.Ordinal);
        var nodes = new List<NodeInfo>(graph.Node.Count);
        foreach (var node in graph.Node)
        {
            var own = node.Input.Where(name => constants.ContainsKey(name) && counted.Add(name)).Select(name => constants[name]).ToList();
            var output = node.Output.FirstOrDefault() ?? "";
            nodes.Add(new(
                node.Name == "" ? output : node.Name,
                OperatorName(node),
                types.TryGetValue(output, out var type) ? type.ToString() : null,
                own.Sum(tensor => Math.Max(0, TensorData.Count(tensor))),
                own.Sum(Size)));
        }
        return nodes;
    }

    private static TensorInfo Describe(ValueInfoProto value) => value.Type?.TensorType is { HasElemType: true } tensor
        ? new(value.Name, TensorData.NameOf(tensor.ElemType), [.. (tensor.Shape?.Dim ?? []).Select(size => Dimension.From(size).ToString())])
        : new(value.Name, "no tensor", []);

    private static string OperatorName(NodeProto node) => node.Domain == "" ? node.OpType : $"{node.Domain}.{node.OpType}";

    private static long Size(TensorProto tensor) => Math.Max(0, TensorData.Count(tensor)) * TensorData.SizeOf(tensor.DataType);
}
