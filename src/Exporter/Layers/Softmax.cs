using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>Softmax(axis=1) on N×classes, the same before and after opset 13.</summary>
internal sealed class Softmax : ExportedLayer
{
    public Softmax(SoftmaxSpec layer, LayerShape row)
        : base(row) => _ = layer;

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph)
    {
        graph.Flatten(Name);
        graph.Append("Softmax", Name, graph.Shape).AddInt("axis", 1);
    }

    /// <summary>Writes nothing. The gradient is that of a logit, which enters the softmax.</summary>
    public override void EmitGradient(GraphBuilder graph, string output)
    {
    }
}
