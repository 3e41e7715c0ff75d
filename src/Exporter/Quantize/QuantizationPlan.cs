namespace LeNetServe.Exporter.Quantize;

/// <summary>
/// The tensors that become bytes: inputs and outputs of each Conv and Gemm, except the last layer's output. An output is taken after its
/// Relu, which then costs nothing. A tensor that only moves values (pooling by maximum, reshaping) shares the range of its source.
/// </summary>
/// <param name="Sources">The tensor that gives the range, by each tensor that becomes bytes.</param>
/// <param name="Layers">The nodes whose weights become bytes.</param>
internal sealed record QuantizationPlan(IReadOnlyDictionary<string, string> Sources, IReadOnlyList<NodeProto> Layers)
{
    private static readonly string[] MovingOperators = ["MaxPool", "Flatten", "Reshape", "Transpose"];

    /// <summary>Makes the plan of a graph.</summary>
    /// <exception cref="InvalidDataException">The graph has no layer with constant weights.</exception>
    public static QuantizationPlan Of(GraphProto graph)
    {
        var constants = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var producers = graph.Node.ToDictionary(node => node.Output[0], StringComparer.Ordinal);
        var outputs = graph.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var layers = graph.Node
            .Where(node => node.OpType is "Conv" or "Gemm" && node.Input.Skip(1).All(constants.Contains)).ToList();
        if (layers.Count == 0)
            throw new InvalidDataException("the graph has no Conv or Gemm with constant weights, expected a layer to quantize");

        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            AddChain(layer.Input[0]);
            var result = Result(graph, layer);
            if (!outputs.Contains(result) && !graph.Node.Any(node => node.OpType == "Softmax" && node.Input[0] == result))
                AddChain(result);
        }
        return new(sources, layers);

        void AddChain(string tensor) => sources.TryAdd(tensor, Root(tensor));

        // Every tensor on the way becomes bytes, so that the moving node works on bytes too.
        string Root(string tensor)
        {
            if (!producers.TryGetValue(tensor, out var producer) || !MovingOperators.Contains(producer.OpType))
                return tensor;
            var root = Root(producer.Input[0]);
            sources.TryAdd(producer.Input[0], root);
            return root;
        }
    }

    private static string Result(GraphProto graph, NodeProto layer)
    {
        var consumers = graph.Node.Where(node => node.Input.Contains(layer.Output[0])).ToList();
        return consumers is [{ OpType: "Relu" } relu] ? relu.Output[0] : layer.Output[0];
    }
}
