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

    /// <summary>The slopes by the values y that the functions gave; at 0 ReLU has slope 0, as in torch.</summary>
    public override void EmitGradient(GraphBuilder graph, string output)
    {
        var gradient = graph.Value;
        var shape = graph.Shape;
        string Part(string name) => $"{Name}.gradient.{name}";
        switch (layer.Function)
        {
            case ActivationFunction.Relu:
                graph.Append("Sign", Part("slope"), shape, from: output);
                break;
            case ActivationFunction.Tanh:
                // 1 − y²
                var one = graph.Constant(Part("one"), [1.0]);
                graph.Append("Mul", Part("square"), shape, [output], from: output);
                graph.Append("Sub", Part("slope"), shape, [graph.Value], from: one);
                break;
            case ActivationFunction.ScaledTanh:
                // AS − AS·t², with t = tanh(S·a)
                const double Steepest = ActivationSpec.ScaledTanhAmplitude * ActivationSpec.ScaledTanhSlope;
                var steepest = graph.Constant(Part("steepest"), [Steepest]);
                graph.Append("Mul", Part("square"), shape, [$"{Name}.tanh"], from: $"{Name}.tanh");
                graph.Append("Mul", Part("fall"), shape, [steepest]);
                graph.Append("Sub", Part("slope"), shape, [graph.Value], from: steepest);
                break;
            case ActivationFunction.Silu:
                // σ + (y − y·σ)
                graph.Append("Mul", Part("product"), shape, [$"{Name}.sigmoid"], from: output);
                graph.Append("Sub", Part("rest"), shape, [graph.Value], from: output);
                graph.Append("Add", Part("slope"), shape, [$"{Name}.sigmoid"]);
                break;
            default:
                throw new SpecException($"layer {Name}: function {layer.Function} has no gradient here");
        }
        graph.Append("Mul", $"{Name}.gradient", shape, [gradient]);
    }
}
