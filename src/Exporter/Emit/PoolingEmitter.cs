using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>MaxPool or AveragePool over adjacent windows. A window of one pixel changes nothing and is left out.</summary>
internal static class PoolingEmitter
{
    public static void Emit(PoolingSpec layer, FoldedLayer folded, GraphBuilder graph)
    {
        if (layer.Size == 1)
            return;
        graph.Unflatten(layer.Name, folded.Row.Input);
        var output = folded.Row.Output;
        graph.Append(layer.Kind == PoolingKind.Max ? "MaxPool" : "AveragePool", layer.Name, [output.Channels, output.Height, output.Width])
            .AddInts("kernel_shape", layer.Size, layer.Size)
            .AddInts("pads", 0, 0, 0, 0)
            .AddInts("strides", layer.Size, layer.Size);
    }
}
