using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Emit;

/// <summary>
/// Writes the gradient of each image's largest logit by its pixels as nodes after the forward pass: plain operators, so that any ONNX tool
/// computes it.
/// </summary>
internal static class GradientEmitter
{
    /// <param name="network">The network.</param>
    /// <param name="layers">The written layers with their outputs, up to the logits.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="layout">The input's layout, which is the gradient's too.</param>
    /// <param name="graph">The graph after the forward pass.</param>
    public static void Emit(
        FoldedNetwork network, IReadOnlyList<(ExportedLayer Layer, GraphTensor Output)> layers, GraphTensor logits, TensorLayout layout,
        GraphBuilder graph)
    {
        EmitLargest(logits, graph);
        if (network.LogitFactor != 1)
            graph.Append("Mul", $"{TensorNames.Gradient}.calibrated", graph.Shape, [TensorNames.LogitFactor]);
        foreach (var (layer, output) in layers.Reverse())
        {
            graph.Match($"{layer.Name}.gradient_in", output.Shape);
            layer.EmitGradient(graph, output.Name);
        }
        var input = network.Spec.Input;
        graph.Match($"{TensorNames.Gradient}.pixels", [input.Channels, input.Height, input.Width]);
        if (network.Scaling is not null)
            graph.Append("Mul", $"{TensorNames.Gradient}.scale", graph.Shape, ["pixels.scale_value"]);
        if (layout == TensorLayout.Nhwc)
            graph.Append("Transpose", $"{TensorNames.Gradient}.nhwc", [input.Height, input.Width, input.Channels])
                .AddInts("perm", 0, 2, 3, 1);
        graph.Output(TensorNames.Gradient);
    }

    /// <summary>
    /// 1 at the largest logit and 0 at the others, as 1 − sign(largest − logit). Every window of the maximum covers the whole row, because
    /// OpenCV 4.6 has no OneHot and does not spread a column over a row.
    /// </summary>
    private static void EmitLargest(GraphTensor logits, GraphBuilder graph)
    {
        const string Name = "largest";
        var classes = logits.Shape[0];
        graph.Continue(logits);
        graph.Unflatten(Name, new(1, 1, (int)classes));
        graph.Append("MaxPool", $"{Name}.value", graph.Shape)
            .AddInts("kernel_shape", 1, 2 * classes - 1).AddInts("pads", 0, classes - 1, 0, classes - 1).AddInts("strides", 1, 1);
        graph.Flatten(Name);
        graph.Append("Sub", $"{Name}.distance", graph.Shape, [logits.Name]);
        graph.Append("Sign", $"{Name}.others", graph.Shape);
        graph.Append("Sub", $"{Name}.chosen", graph.Shape, [graph.Value], from: graph.Constant($"{Name}.one", [1.0]));
    }
}
