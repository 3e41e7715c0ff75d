using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>The paper's subsampling as a Conv with a group per map and the coefficient at every pixel of the window.</summary>
internal sealed class Subsampling(SubsamplingSpec layer, LayerShape row, TrainedWeights weights)
    : ExportedLayer(row, weights.Get(row.Layer, "weight"), weights.Get(row.Layer, "bias"))
{
    /// <summary>A map has one coefficient for its own channel. The window is summed, so the shift counts once per pixel.</summary>
    public override ScalingFate Meet(InputScaling scaling)
    {
        if (layer != new SubsamplingSpec { Name = layer.Name, Size = layer.Size })
            return ScalingFate.Stopped;
        for (var map = 0; map < Bias.Length; map++)
        {
            Bias[map] += Weight[map] * scaling.Shift[map] * (layer.Size * layer.Size);
            Weight[map] *= scaling.Scale[map];
        }
        return ScalingFate.Taken;
    }

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph)
    {
        graph.Unflatten(Name, Row.Input);
        var maps = Row.Input.Channels;
        var kernels = Weight.SelectMany(coefficient => Enumerable.Repeat(coefficient, layer.Size * layer.Size)).ToArray();
        graph.Append("Conv", Name, [maps, Row.Output.Height, Row.Output.Width],
            [
                graph.Constant($"{Name}.weight", kernels, maps, 1, layer.Size, layer.Size),
                graph.Constant($"{Name}.bias", Bias, maps),
            ])
            .AddInts("dilations", 1, 1)
            .AddInt("group", maps)
            .AddWindows(layer.Size, layer.Size);
    }

    /// <inheritdoc/>
    public override void EmitGradient(GraphBuilder graph, string output) =>
        graph.TransposedConvolution(Row, $"{Name}.weight", layer.Size, layer.Size, 0, Row.Input.Channels);
}
