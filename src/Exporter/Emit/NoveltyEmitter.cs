using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Emit;

/// <summary>
/// Writes the score of strange images as nodes after the logits: plain operators, so that any ONNX tool computes it. |z − c|² is written as
/// |z|² − 2z·c + |c|²: for all classes one matrix product of the squares of z and of z. OpenCV 4.6 needs the last term to be a constant.
/// </summary>
internal static class NoveltyEmitter
{
    /// <summary>The beginning of the names of its nodes.</summary>
    public const string Prefix = "novelty.";

    /// <param name="network">The network, whose run has a score.</param>
    /// <param name="layers">The written layers with their outputs, up to the logits.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="graph">The graph after the logits.</param>
    public static void Emit(
        FoldedNetwork network, IReadOnlyList<(ExportedLayer Layer, GraphTensor Output)> layers, GraphTensor logits, GraphBuilder graph)
    {
        var (model, rule) = network.Novelty!.Value;
        EmitFeatures(rule.Layers, layers, logits, graph);
        graph.Gemm($"{Prefix}whitened", model.Weight, model.Bias);
        var z = graph.Value;
        graph.Append("Mul", $"{Prefix}squares", [model.Features], [z]);
        graph.Append("Concat", $"{Prefix}squares_and_values", [2 * model.Features], [z]).AddInt("axis", 1);
        var centers = model.Centers.Chunk(model.Features).ToArray();
        graph.Gemm($"{Prefix}distances", [.. centers.SelectMany(WeightsOf)], Array.ConvertAll(centers, SquaredLength));
        EmitNearest(graph);
        graph.Output(TensorNames.Novelty);
    }

    private static IEnumerable<double> WeightsOf(double[] center) =>
        Enumerable.Repeat(1.0, center.Length).Concat(center.Select(value => -2 * value));

    private static double SquaredLength(double[] center) => center.Sum(value => value * value);

    private static void EmitFeatures(
        IReadOnlyList<string> names, IReadOnlyList<(ExportedLayer Layer, GraphTensor Output)> layers, GraphTensor logits,
        GraphBuilder graph)
    {
        var parts = new List<string>();
        var size = logits.Shape[0];
        foreach (var name in names)
        {
            graph.Continue(layers.First(layer => layer.Layer.Name == name).Output);
            var maps = graph.Shape[0];
            graph.Append("GlobalAveragePool", $"{Prefix}{name}", [maps, 1, 1]);
            graph.Flatten($"{Prefix}{name}");
            parts.Add(graph.Value);
            size += maps;
        }
        graph.Continue(logits);
        if (parts.Count > 0)
            graph.Append("Concat", $"{Prefix}features", [size], [.. parts.Skip(1), logits.Name], from: parts[0]).AddInt("axis", 1);
    }

    // From operator set 18 on, the axes are an input.
    private static void EmitNearest(GraphBuilder graph)
    {
        const int AxesAreAnInput = 18;
        var node = graph.Opset >= AxesAreAnInput
            ? graph.Append("ReduceMin", $"{Prefix}nearest", [1], [graph.Constant($"{Prefix}axes", [1L])])
            : graph.Append("ReduceMin", $"{Prefix}nearest", [1]).AddInts("axes", 1);
        node.AddInt("keepdims", 1);
    }
}
