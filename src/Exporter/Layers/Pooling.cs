using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>MaxPool or AveragePool. A window of one pixel changes nothing and is left out.</summary>
internal sealed class Pooling(PoolingSpec layer, LayerShape row) : ExportedLayer(row)
{
    /// <summary>
    /// A maximum or mean of scaled values is the scaled maximum or mean, because the deviation is positive. A mean that counts padding is
    /// not, because padding is zero among normalized values.
    /// </summary>
    public override ScalingFate Meet(InputScaling scaling)
    {
        var known = new PoolingSpec { Name = layer.Name, Kind = layer.Kind, Size = layer.Size, Stride = layer.Stride };
        if (layer.Kind == PoolingKind.Max)
            known = known with { Padding = layer.Padding };
        return layer == known ? ScalingFate.Passed : ScalingFate.Stopped;
    }

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph)
    {
        if (layer.Size == 1 && layer.Step == 1)
            return;
        graph.Unflatten(Name, Row.Input);
        var output = Row.Output;
        var operation = layer.Kind == PoolingKind.Max ? "MaxPool" : "AveragePool";
        var node = graph.Append(operation, Name, [output.Channels, output.Height, output.Width])
            .AddWindows(layer.Size, layer.Step, layer.Padding);
        if (layer.Kind == PoolingKind.Average && layer.Padding > 0)
            node.AddInt("count_include_pad", 1);
    }
}
