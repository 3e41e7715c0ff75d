using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>
/// Conv with explicit pads; a kernel that covers its whole input (C5) becomes a Gemm, which ONNX Runtime computes faster than the same
/// convolution (benchmarks/Exporting). A connection table needs nothing: its missing connections are zeros in the weights.
/// </summary>
internal sealed class Convolution : ExportedLayer
{
    private readonly ConvolutionSpec layer;

    public Convolution(ConvolutionSpec layer, LayerShape row, TrainedWeights weights)
        : base(row, weights.Get(layer, "weight"), weights.Bias(row, layer.Bias))
    {
        this.layer = layer;
        var size = layer.Kernel * layer.Kernel;
        for (var kernel = 0; layer.InputMaps is { } table && kernel < Weight.Length / size; kernel++)
            if (!table[kernel / row.Input.Channels].Contains(kernel % row.Input.Channels)
                && Weight.AsSpan(kernel * size, size).ContainsAnyExcept(0.0))
                throw new InvalidDataException($"{weights.Path}: tensor \"{Name}.weight\" connects map {kernel / row.Input.Channels} with "
                    + $"input map {kernel % row.Input.Channels}, expected zeros: the connection table has no such connection");
    }

    /// <summary>
    /// Padding is zero among normalized values, and no constant among raw ones: a padded convolution stops the normalization.
    /// </summary>
    public override ScalingFate Meet(InputScaling scaling) =>
        layer == new ConvolutionSpec
        {
            Name = layer.Name,
            Maps = layer.Maps,
            Kernel = layer.Kernel,
            Bias = layer.Bias,
            InputMaps = layer.InputMaps,
            Stride = layer.Stride,
        }
            ? scaling.FoldInto(Weight, Bias)
            : ScalingFate.Stopped;

    /// <inheritdoc/>
    public override bool ScaleOutput(double factor) => ScaleWeights(factor);

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph)
    {
        var input = Row.Input;
        var output = Row.Output;
        if (layer.CoversWhole(input))
        {
            graph.Gemm(Name, Weight, Bias);
            return;
        }
        graph.Unflatten(Name, input);
        graph.Append("Conv", Name, [output.Channels, output.Height, output.Width],
            [
                graph.Constant($"{Name}.weight", Weight, layer.Maps, input.Channels, layer.Kernel, layer.Kernel),
                graph.Constant($"{Name}.bias", Bias, layer.Maps),
            ])
            .AddInts("dilations", 1, 1)
            .AddInt("group", 1)
            .AddWindows(layer.Kernel, layer.Stride, layer.Padding);
    }

    /// <inheritdoc/>
    public override void EmitGradient(GraphBuilder graph, string output)
    {
        if (layer.CoversWhole(Row.Input))
            graph.Append("MatMul", $"{Name}.gradient", [Row.Input.Count], [$"{Name}.weight"]);
        else
            graph.TransposedConvolution(Row, $"{Name}.weight", layer.Kernel, layer.Stride, layer.Padding, groups: 1);
    }
}
