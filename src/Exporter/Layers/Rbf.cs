using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>
/// −|x − w|² as 2x·(w − m) − (|w|² − |m|²) − |x − m|², with m near the centers' mean. The part that decides between the classes is then
/// small, and so is its rounding. The last part is the same for all classes, and the softmax cancels it together with its rounding
/// (docs/decisions/0013-rbf-around-the-mean-center.md).
/// </summary>
internal sealed class Rbf : ExportedLayer
{
    /// <summary>m is a multiple of 1/64, so that m and w − m are exact, in float16 too. The form is right for any m.</summary>
    private const double Steps = 64;

    private double outputFactor = 1;

    public Rbf(RbfSpec layer, LayerShape row, TrainedWeights weights)
        : base(row, weights.Get(layer, "weight"), [])
    {
        if (!Weight.SequenceEqual(layer.Centers.SelectMany(center => center).Select(value => (double)value)))
            throw new InvalidDataException($"{weights.Path}: tensor \"{Name}.weight\" differs from the centers in the specification, "
                + "expected the same ±1 values");
    }

    /// <inheritdoc/>
    public override bool ScaleOutput(double factor)
    {
        outputFactor *= factor;
        return true;
    }

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph)
    {
        graph.Flatten(Name);
        var inputs = Row.Input.Count;
        var classes = Row.Output.Channels;
        double Mean(int input) => Enumerable.Range(0, classes).Average(unit => Weight[unit * inputs + input]);
        var mean = Enumerable.Range(0, inputs).Select(input => Math.Round(Mean(input) * Steps) / Steps).ToArray();
        var directions = Weight.Select((weight, index) => outputFactor * 2 * (weight - mean[index % inputs])).ToArray();
        var lengths = Weight.Chunk(inputs)
            .Select(center => outputFactor * (mean.Sum(value => value * value) - center.Sum(value => value * value))).ToArray();
        var x = graph.Value;
        graph.Append("Sub", $"{Name}.from_mean", [inputs], [graph.Constant($"{Name}.mean", mean, 1, inputs)]);
        graph.Append("Mul", $"{Name}.square", [inputs], [graph.Value]);
        // Once per class, because OpenCV 4.6 does not spread a column over the classes.
        graph.Append("Gemm", $"{Name}.common", [classes],
            [
                graph.Constant($"{Name}.ones", Enumerable.Repeat(outputFactor, classes * inputs).ToArray(), classes, inputs),
                graph.Constant($"{Name}.zeros", new double[classes], classes),
            ])
            .AddInt("transB", 1);
        var common = graph.Value;
        graph.Append("Gemm", $"{Name}.between", [classes],
            [
                graph.Constant($"{Name}.directions", directions, classes, inputs),
                graph.Constant($"{Name}.lengths", lengths, classes),
            ],
            from: x)
            .AddInt("transB", 1);
        graph.Append("Sub", Name, [classes], [common]);
    }

    /// <summary>Σ g_k·2(w_k − x) as Σ g_k·2(w_k − m) − 2·Σ g_k·(x − m).</summary>
    public override void EmitGradient(GraphBuilder graph, string output)
    {
        var gradient = graph.Value;
        long[] shape = [Row.Input.Count];
        graph.Append("MatMul", $"{Name}.gradient.sum", shape, [$"{Name}.ones"]);
        graph.Append("Mul", $"{Name}.gradient.common", shape, [$"{Name}.from_mean"]);
        graph.Append("Add", $"{Name}.gradient.twice", shape, [graph.Value]);
        var common = graph.Value;
        graph.Append("MatMul", $"{Name}.gradient.between", shape, [$"{Name}.directions"], from: gradient);
        graph.Append("Sub", $"{Name}.gradient", shape, [common]);
    }
}
