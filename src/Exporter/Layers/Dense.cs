using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>Gemm with the weights as torch stores them, out×in, after a Flatten if maps come in.</summary>
internal sealed class Dense(DenseSpec layer, LayerShape row, TrainedWeights weights)
    : ExportedLayer(row, weights.Get(row.Layer, "weight"), weights.Bias(row, layer.Bias))
{
    /// <inheritdoc/>
    public override ScalingFate Meet(InputScaling scaling) =>
        layer == new DenseSpec { Name = layer.Name, Units = layer.Units, Bias = layer.Bias }
            ? scaling.FoldInto(Weight, Bias)
            : ScalingFate.Stopped;

    /// <inheritdoc/>
    public override bool ScaleOutput(double factor) => ScaleWeights(factor);

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph) => graph.Gemm(Name, Weight, Bias);

    /// <inheritdoc/>
    public override void EmitGradient(GraphBuilder graph, string output) =>
        graph.Append("MatMul", $"{Name}.gradient", [Row.Input.Count], [$"{Name}.weight"]);
}
