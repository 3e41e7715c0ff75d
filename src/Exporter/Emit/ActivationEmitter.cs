using LeNetServe.Exporter.Fold;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>Relu, Tanh, Mul–Tanh–Mul for the paper's 1.7159·tanh(2a/3), or Sigmoid–Mul for SiLU.</summary>
internal static class ActivationEmitter
{
    public static void Emit(ActivationSpec layer, FoldedLayer folded, GraphBuilder graph)
    {
        _ = folded;
        switch (layer.Function)
        {
            case ActivationFunction.Relu:
                graph.Append("Relu", layer.Name, graph.Shape);
                break;
            case ActivationFunction.Tanh:
                graph.Append("Tanh", layer.Name, graph.Shape);
                break;
            case ActivationFunction.ScaledTanh:
                graph.Append("Mul", $"{layer.Name}.slope", graph.Shape, [graph.Constant($"{layer.Name}.slope_value", [ActivationSpec.ScaledTanhSlope])]);
                graph.Append("Tanh", $"{layer.Name}.tanh", graph.Shape);
                graph.Append("Mul", layer.Name, graph.Shape, [graph.Constant($"{layer.Name}.amplitude", [ActivationSpec.ScaledTanhAmplitude])]);
                break;
            case ActivationFunction.Silu:
                var input = graph.Value;
                graph.Append("Sigmoid", $"{layer.Name}.sigmoid", graph.Shape);
                graph.Append("Mul", layer.Name, graph.Shape, [input]);
                break;
            default:
                throw new SpecException($"layer {layer.Name}: function {layer.Function} has no ONNX form here");
        }
    }
}
