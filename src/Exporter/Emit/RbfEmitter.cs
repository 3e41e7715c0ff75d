using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>
/// −|x − w|² as 2x·(w − m) − (|w|² − |m|²) − |x − m|², where m is near the centres' mean. What decides between the classes is small then, and has small
/// rounding; the last part is the same for all classes, and falls out of the softmax with its rounding (docs/decisions/0013-rbf-around-the-mean-center.md).
/// </summary>
internal static class RbfEmitter
{
    /// <summary>m is a multiple of 1/64, so that it and w − m are exact, in float16 too. The form is right for any m.</summary>
    private const double Steps = 64;

    public static void Emit(RbfSpec layer, FoldedLayer folded, GraphBuilder graph)
    {
        graph.Flatten(layer.Name);
        var (name, inputs, classes) = (layer.Name, folded.Row.Input.Count, folded.Row.Output.Channels);
        var mean = Enumerable.Range(0, inputs).Select(input =>
            Math.Round(Enumerable.Range(0, classes).Average(unit => folded.Weight[unit * inputs + input]) * Steps) / Steps).ToArray();
        var directions = folded.Weight.Select((weight, index) => 2 * (weight - mean[index % inputs])).ToArray();
        var lengths = folded.Weight.Chunk(inputs).Select(center => mean.Sum(value => value * value) - center.Sum(value => value * value)).ToArray();
        var x = graph.Value;
        graph.Append("Sub", $"{name}.from_mean", [inputs], [graph.Constant($"{name}.mean", mean, 1, inputs)]);
        graph.Append("Mul", $"{name}.square", [inputs], [graph.Value]);
        // Once per class, because OpenCV 4.6 does not spread a column over the classes.
        graph.Append("Gemm", $"{name}.common", [classes],
            [graph.Constant($"{name}.ones", Enumerable.Repeat(1.0, classes * inputs).ToArray(), classes, inputs), graph.Constant($"{name}.zeros", new double[classes], classes)])
            .AddInt("transB", 1);
        var common = graph.Value;
        graph.Append("Gemm", $"{name}.between", [classes],
            [graph.Constant($"{name}.directions", directions, classes, inputs), graph.Constant($"{name}.lengths", lengths, classes)], from: x).AddInt("transB", 1);
        graph.Append("Sub", name, [classes], [common]);
    }
}
