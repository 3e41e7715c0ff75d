using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>
/// −Σ(x − w)² as it stands: x as N×1×n minus the centres, squared, summed by a product with −1s. The expanded form |x|² − 2w·x + |w|² needs
/// fewer operations and loses digits where x is close to a centre, which is where the answer is made.
/// </summary>
internal static class RbfEmitter
{
    public static void Emit(RbfSpec layer, FoldedLayer folded, GraphBuilder graph)
    {
        graph.Flatten(layer.Name);
        var (inputs, classes) = (folded.Row.Input.Count, folded.Row.Output.Channels);
        var name = layer.Name;
        graph.Append("Reshape", $"{name}.row", [1, inputs], [graph.Constant($"{name}.row_shape", [graph.BatchSize, 1, inputs])]);
        graph.Append("Sub", $"{name}.difference", [classes, inputs], [graph.Constant($"{name}.centers", folded.Weight, 1, classes, inputs)]);
        graph.Append("Mul", $"{name}.square", [classes, inputs], [graph.Value]);
        var ones = new double[inputs];
        Array.Fill(ones, -1);
        graph.Append("MatMul", $"{name}.sum", [classes, 1], [graph.Constant($"{name}.minus_ones", ones, inputs, 1)]);
        graph.Append("Flatten", name, [classes]).AddInt("axis", 1);
    }
}
