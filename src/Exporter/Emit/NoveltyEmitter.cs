using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Emit;

/// <summary>
/// Writes the score of strange images as three nodes beside the network: plain operators, so that any ONNX tool computes it.
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
        graph.Continue(rule.Layers is [var name] ? layers.First(layer => layer.Layer.Name == name).Output : logits);
        graph.Gemm($"{Prefix}units", model.Weight, model.Bias);
        graph.Append("Relu", $"{Prefix}relu", graph.Shape);
        graph.Append("MatMul", $"{Prefix}score", [1], [graph.Constant($"{Prefix}score.weight", model.Output, model.Units, 1)]);
        graph.Output(TensorNames.Novelty);
    }
}
