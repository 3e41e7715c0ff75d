using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Onnx;

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
        FoldedNetwork network, IReadOnlyList<(ExportedLayer Layer, GraphTensor Output)> layers, GraphTensor logits, InputLayout layout,
        GraphBuilder graph)
    {
        EmitLargest(logits, graph);
        foreach (var (layer, output) in layers.Reverse())
        {
            graph.Match($"{layer.Name}.gradient_in", output.Shape);
            layer.EmitGradient(graph, output.Name);
        }
        var input = network.Spec.Input;
        graph.Match($"{TensorNames.Gradient}.pixels", [input.Channels, input.Height, input.Width]);
        if (network.Scaling is not null)
            graph.Append("Mul", $"{TensorNames.Gradient}.scale", graph.Shape, ["pixels.scale_value"]);
        if (layout == InputLayout.Nhwc)
            graph.Append("Transpose", $"{TensorNames.Gradient}.nhwc", [input.Height, input.Width, input.Channels])
                .AddInts("perm", 0, 2, 3, 1);
        graph.Output(TensorNames.Gradient);
    }

    /// <summary>
    /// 1 at the largest logit, the first of equal ones, and 0 at the others: a maximum over the row as a picture, and 1 put back at its place.
    /// ArgMax and OneHot would say the same, but OpenCV 4.6 lacks OneHot.
    /// </summary>
    private static void EmitLargest(GraphTensor logits, GraphBuilder graph)
    {
        const string Name = "largest";
        var classes = logits.Shape[0];
        graph.Continue(logits);
        graph.Unflatten(Name, new(1, 1, (int)classes));
        graph.Append("MaxPool", $"{Name}.value", [1, 1, 1])
            .AddInts("kernel_shape", 1, classes).AddInts("pads", 0, 0, 0, 0).AddInts("strides", 1, classes)
            .Output.Add($"{Name}.place");
        graph.Append("Mul", $"{Name}.zero", graph.Shape, [graph.Constant($"{Name}.nothing", [0.0])]);
        graph.Append("Add", $"{Name}.one", graph.Shape, [graph.Constant($"{Name}.unit", [1.0])]);
        graph.Append("MaxUnpool", $"{Name}.chosen", [1, 1, classes], [$"{Name}.place"])
            .AddInts("kernel_shape", 1, classes).AddInts("pads", 0, 0, 0, 0).AddInts("strides", 1, classes);
        graph.Flatten(Name);
    }
}
