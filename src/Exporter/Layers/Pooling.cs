using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>MaxPool or AveragePool over adjacent windows. A window of one pixel changes nothing and is left out.</summary>
internal sealed class Pooling(PoolingSpec layer, LayerShape row) : ExportedLayer(row)
{
    /// <summary>A maximum or mean of scaled values is the scaled maximum or mean, because the deviation is positive.</summary>
    public override ScalingFate Meet(InputScaling scaling) =>
        layer == new PoolingSpec { Name = layer.Name, Kind = layer.Kind, Size = layer.Size } ? ScalingFate.Passed : ScalingFate.Stopped;

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph)
    {
        if (layer.Size == 1)
            return;
        graph.Unflatten(Name, Row.Input);
        var output = Row.Output;
        graph.Append(layer.Kind == PoolingKind.Max ? "MaxPool" : "AveragePool", Name, [output.Channels, output.Height, output.Width])
            .AddInts("kernel_shape", layer.Size, layer.Size)
            .AddInts("pads", 0, 0, 0, 0)
            .AddInts("strides", layer.Size, layer.Size);
    }
}
