using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>MaxPool or AveragePool. A window of one pixel without stride changes nothing and is left out.</summary>
internal sealed class Pooling(PoolingSpec layer, LayerShape row) : ExportedLayer(row)
{
    /// <summary>Operator set that introduced sums in ScatterElements.</summary>
    private const int ScatterOpset = 16;

    private string input = "";

    private bool IsIdentity => layer.Size == 1 && layer.Step == 1;

    private string Places => $"{Name}.places";

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
        if (IsIdentity)
            return;
        graph.Unflatten(Name, Row.Input);
        input = graph.Value;
        var output = Row.Output;
        var operation = layer.Kind == PoolingKind.Max ? "MaxPool" : "AveragePool";
        var node = graph.Append(operation, Name, [output.Channels, output.Height, output.Width])
            .AddWindows(layer.Size, layer.Step, layer.Padding);
        if (layer.Kind == PoolingKind.Average && layer.Padding > 0)
            node.AddInt("count_include_pad", 1);
        if (layer.Kind == PoolingKind.Max && graph.HasGradient)
            node.Output.Add(Places);
    }

    /// <summary>
    /// A mean gives each pixel its share. A maximum gives all to one pixel: of equal ones to the first, row by row, as in torch.
    /// </summary>
    public override void EmitGradient(GraphBuilder graph, string output)
    {
        if (IsIdentity)
            return;
        var maps = Row.Input.Channels;
        var area = layer.Size * layer.Size;
        if (layer.Kind == PoolingKind.Average)
            graph.TransposedConvolution(
                Row, graph.Constant($"{Name}.share", Enumerable.Repeat(1.0 / area, maps * area).ToArray(), maps, 1, layer.Size, layer.Size),
                layer.Size, layer.Step, layer.Padding, maps);
        else if (layer.Step < layer.Size)
            EmitScatter(graph);
        else
            EmitUnpool(graph);
    }

    private void EmitUnpool(GraphBuilder graph)
    {
        var exact = Covered(Row.Output.Height) == Row.Input.Height && Covered(Row.Output.Width) == Row.Input.Width;
        var shape = exact ? [] : new[] { graph.Add("Shape", $"{Name}.gradient.shape", input) };
        long[] pixels = [Row.Input.Channels, Row.Input.Height, Row.Input.Width];
        var node = graph.Append("MaxUnpool", $"{Name}.gradient", pixels, [Places, .. shape])
            .AddWindows(layer.Size, layer.Step, layer.Padding);
        // OpenCV 4.6 expects no pads, or two.
        if (layer.Padding == 0)
            node.Attribute.Remove(node.Attribute.Single(attribute => attribute.Name == "pads"));

        int Covered(int windows) => (windows - 1) * layer.Step + layer.Size - 2 * layer.Padding;
    }

    /// <summary>Windows that overlap may choose a pixel more than once; its gradients add up.</summary>
    private void EmitScatter(GraphBuilder graph)
    {
        if (graph.Opset < ScatterOpset)
            throw new InvalidDataException($"layer {Name}: the gradient of overlapping maxima needs operator set {ScatterOpset}, "
                + $"found {graph.Opset}: export with --opset {ScatterOpset} or higher");
        var flat = graph.Constant($"{Name}.flat", [-1L]);
        var nothing = graph.Add("Mul", $"{Name}.gradient.nothing", input, graph.Constant($"{Name}.zero", [0.0]));
        var target = graph.Add("Reshape", $"{Name}.gradient.target", nothing, flat);
        var places = graph.Add("Reshape", $"{Name}.gradient.places", Places, flat);
        var values = graph.Add("Reshape", $"{Name}.gradient.values", graph.Value, flat);
        var sums = graph.Add("ScatterElements", $"{Name}.gradient.sums", target, places, values);
        graph.Graph.Node[^1].AddInt("axis", 0).AddText("reduction", "add");
        var (maps, height, width) = Row.Input;
        var shape = graph.Constant($"{Name}.shape", [graph.BatchSize, maps, height, width]);
        graph.Append("Reshape", $"{Name}.gradient", [maps, height, width], [shape], from: sums);
    }
}
