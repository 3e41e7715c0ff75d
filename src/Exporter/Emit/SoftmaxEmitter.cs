using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>Softmax(axis=1) on N×classes, the same before and after opset 13.</summary>
internal static class SoftmaxEmitter
{
    public static void Emit(SoftmaxSpec layer, FoldedLayer folded, GraphBuilder graph)
    {
        _ = folded;
        graph.Flatten(layer.Name);
        graph.Append("Softmax", layer.Name, graph.Shape).AddInt("axis", 1);
    }
}
