using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>Relu, Tanh, Mul–Tanh–Mul for the paper's 1.7159·tanh(2a/3), or Sigmoid–Mul for SiLU.</summary>
internal sealed class Activation(ActivationSpec layer, LayerShape row) : ExportedLayer(row)
{
    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph)
    {
        switch (layer.Function)
        {
            case ActivationFunction.Relu:
                graph.Append("Relu", Name, graph.Shape);
                break;
            case ActivationFunction.Tanh:
                graph.Append("Tanh", Name, graph.Shape);
                break;
            case ActivationFunction.ScaledTanh:
                var slope = graph.Constant($"{Name}.slope_value", [ActivationSpec.ScaledTanhSlope]);
                var amplitude = graph.Constant($"{Name}.amplitude", [ActivationSpec.ScaledTanhAmplitude]);
                graph.Append("Mul", $"{Name}.slope", graph.Shape, [slope]);
                graph.Append("Tanh", $"{Name}.tanh", graph.Shape);
                graph.Append("Mul", Name, graph.Shape, [amplitude]);
                break;
            case ActivationFunction.Silu:
                var input = graph.Value;
                graph.Append("Sigmoid", $"{Name}.sigmoid", graph.Shape);
                graph.Append("Mul", Name, graph.Shape, [input]);
                break;
            default:
                throw new SpecException($"layer {Name}: function {layer.Function} has no ONNX form here");
        }
    }
}
