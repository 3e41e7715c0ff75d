using LeNetServe.Datasets;
using LeNetServe.Exporter.Proof;
using LeNetServe.Runtime.Running;

namespace LeNetServe.Exporter.Quantize;

/// <summary>Runs the float model on training images and takes the range of each tensor that becomes bytes.</summary>
internal static class Calibration
{
    /// <summary>Measures the ranges by tensor. Pixels are bytes already: their range is exactly 0..255.</summary>
    public static IReadOnlyDictionary<string, ActivationRange> Measure(
        ModelProto model, QuantizationPlan plan, ImageSet training, QuantizationOptions options, CancellationToken cancellation)
    {
        const int portion = 256;
        var input = model.Graph.Input.Single().Name;
        var roots = plan.Sources.Values.Distinct(StringComparer.Ordinal).ToList();
        var observers = roots.Where(root => !IsPixels(model.Graph, root, input))
            .ToDictionary(root => root, _ => new RangeObserver(), StringComparer.Ordinal);
        using var session = new ModelUnderTest("the float model", PrunedGraph.WithOutputs(model, observers.Keys), optimize: false);
        for (var first = 0; first < training.Count; first += portion)
        {
            var count = Math.Min(portion, training.Count - first);
            var pixels = training.Pixels.AsMemory(first * training.Shape.Count, count * training.Shape.Count);
            var values = session.Run(pixels, cancellation);
            foreach (var (root, observer) in observers)
                observer.Add(values[root]);
        }
        return roots.ToDictionary(root => root, Range, StringComparer.Ordinal);

        ActivationRange Range(string root) =>
            observers.TryGetValue(root, out var observer) ? observer.Range(options.Method, options.Percentile) : new(0, 255);
    }

    private static bool IsPixels(GraphProto graph, string tensor, string input) =>
        tensor == input || graph.Node.Any(node => node.OpType == "Cast" && node.Output[0] == tensor && node.Input[0] == input);
}
