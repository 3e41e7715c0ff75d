using System.Globalization;
using LeNetServe.Onnx;

namespace LeNetServe.Runtime.Running;

/// <summary>
/// Finds the layers of a graph that has no manifest. A layer begins at a convolution, a product with weights or a pooling. It ends after
/// the operators that follow and keep the shape, such as a batch norm and an activation.
/// </summary>
internal static class ForeignLayers
{
    private const int MostLayers = 12;

    /// <summary>The most values of a layer, for one image.</summary>
    private const int MostValues = 1 << 15;

    private static readonly HashSet<string> Begin =
    [
        "Conv", "ConvInteger", "ConvTranspose", "QLinearConv", "Gemm", "MatMul", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool",
        "GlobalMaxPool",
    ];

    private static readonly HashSet<string> KeepShape =
    [
        "Add", "Sub", "Mul", "Div", "BatchNormalization", "InstanceNormalization", "LRN", "Relu", "LeakyRelu", "PRelu", "Elu", "Selu",
        "Celu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus", "Softsign", "Gelu", "Mish", "Dropout", "Identity",
        "QuantizeLinear", "DequantizeLinear", "Cast",
    ];

    /// <summary>Gets the tensors at the ends of the layers, in the order of the graph; of many layers, some from all depths.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="dimensions">The dimensions of each tensor that can be read: a size, a name, or an empty text.</param>
    public static IReadOnlyList<string> Of(GraphProto graph, IReadOnlyDictionary<string, string[]> dimensions)
    {
        var readers = graph.Node.SelectMany(node => node.Input.Select(input => (input, node)))
            .ToLookup(pair => pair.input, pair => pair.node);
        string[] ends =
        [
            .. graph.Node.Where(node => Begin.Contains(node.OpType)).Select(node => End(node.Output[0])).Distinct()
                .Where(name => dimensions.TryGetValue(name, out var sizes) && IsShown(sizes)),
        ];
        return ends.Length <= MostLayers ? ends
            : [.. Enumerable.Range(0, MostLayers).Select(index => ends[index * (ends.Length - 1) / (MostLayers - 1)])];

        string End(string tensor)
        {
            while (readers[tensor].ToArray() is [var only] && KeepShape.Contains(only.OpType) && dimensions.ContainsKey(only.Output[0]))
                tensor = only.Output[0];
            return tensor;
        }
    }

    /// <summary>Gets whether a tensor has the shape N×C×H×W or N×C, and few enough values.</summary>
    private static bool IsShown(string[] dimensions)
    {
        long values = 1;
        foreach (var dimension in dimensions.Skip(1))
        {
            if (!int.TryParse(dimension, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                return false;
            values = Math.Min(values * size, int.MaxValue);
        }
        return dimensions.Length is 2 or 4 && values is > 0 and <= MostValues;
    }
}
