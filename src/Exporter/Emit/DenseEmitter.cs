using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Emit;

/// <summary>Gemm with the weights as torch stores them, out×in, after a Flatten where maps come in.</summary>
internal static class DenseEmitter
{
    public static void Emit(string name, FoldedLayer folded, GraphBuilder graph)
    {
        var (input, output) = (folded.Row.Input, folded.Row.Output);
        graph.Flatten(name);
        graph.Append("Gemm", name, [output.Channels],
            [
                graph.Constant($"{name}.weight", folded.Weight, output.Channels, input.Count),
                graph.Constant($"{name}.bias", folded.Bias, output.Channels),
            ])
            .AddInt("transB", 1);
    }
}
