using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>
/// −Σ(x − w)² as it stands: x once per class side by side, minus the centres, squared, and summed by a Gemm of −1s. The expanded form
/// |x|² − 2w·x + |w|² needs fewer operations and loses digits where x is close to a centre, which is where the answer is made; a form with
/// three dimensions is refused by OpenCV 4.6.
/// </summary>
internal static class RbfEmitter
{
    public static void Emit(RbfSpec layer, FoldedLayer folded, GraphBuilder graph)
    {
        graph.Flatten(layer.Name);
        var (inputs, classes) = (folded.Row.Input.Count, folded.Row.Output.Channels);
        var (name, all) = (layer.Name, folded.Row.Input.Count * folded.Row.Output.Channels);
        graph.Append("Concat", $"{name}.copies", [all], [.. Enumerable.Repeat(graph.Value, classes - 1)]).AddInt("axis", 1);
        graph.Append("Sub", $"{name}.difference", [all], [graph.Constant($"{name}.centers", folded.Weight, 1, all)]);
        graph.Append("Mul", $"{name}.square", [all], [graph.Value]);
        var sums = new double[classes * all];
        for (var unit = 0; unit < classes; unit++)
            sums.AsSpan(unit * all + unit * inputs, inputs).Fill(-1);
        graph.Append("Gemm", name, [classes], [graph.Constant($"{name}.sums", sums, classes, all), graph.Constant($"{name}.zeros", new double[classes], classes)]).AddInt("transB", 1);
    }
}
