using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>
/// Conv with explicit pads; a kernel that covers its whole input (C5) becomes a Gemm, which ONNX Runtime computes faster than the same
/// convolution (benchmarks/Exporting). A connection table needs nothing: its missing connections are zeros in the weights.
/// </summary>
internal static class ConvolutionEmitter
{
    public static void Emit(ConvolutionSpec layer, FoldedLayer folded, GraphBuilder graph)
    {
        var (input, output) = (folded.Row.Input, folded.Row.Output);
        if (layer.CoversWhole(input))
        {
            DenseEmitter.Emit(layer.Name, folded, graph);
            return;
        }
        graph.Unflatten(layer.Name, input);
        graph.Append("Conv", layer.Name, [output.Channels, output.Height, output.Width],
            [
                graph.Constant($"{layer.Name}.weight", folded.Weight, layer.Maps, input.Channels, layer.Kernel, layer.Kernel),
                graph.Constant($"{layer.Name}.bias", folded.Bias, layer.Maps),
            ])
            .AddInts("dilations", 1, 1)
            .AddInt("group", 1)
            .AddInts("kernel_shape", layer.Kernel, layer.Kernel)
            .AddInts("pads", 0, 0, 0, 0)
            .AddInts("strides", 1, 1);
    }
}
