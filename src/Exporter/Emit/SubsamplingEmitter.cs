using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>The paper's subsampling as a Conv with a group per map: the coefficient at every pixel of the window, stride = window.</summary>
internal static class SubsamplingEmitter
{
    public static void Emit(SubsamplingSpec layer, FoldedLayer folded, GraphBuilder graph)
    {
        graph.Unflatten(layer.Name, folded.Row.Input);
        var (maps, output) = (folded.Row.Input.Channels, folded.Row.Output);
        var kernels = folded.Weight.SelectMany(coefficient => Enumerable.Repeat(coefficient, layer.Size * layer.Size)).ToArray();
        graph.Append("Conv", layer.Name, [output.Channels, output.Height, output.Width],
            [
                graph.Constant($"{layer.Name}.weight", kernels, maps, 1, layer.Size, layer.Size),
                graph.Constant($"{layer.Name}.bias", folded.Bias, maps),
            ])
            .AddInts("dilations", 1, 1)
            .AddInt("group", maps)
            .AddInts("kernel_shape", layer.Size, layer.Size)
            .AddInts("pads", 0, 0, 0, 0)
            .AddInts("strides", layer.Size, layer.Size);
    }
}
