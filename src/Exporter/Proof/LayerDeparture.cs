using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Layers;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Runtime.Running;

namespace LeNetServe.Exporter.Proof;

/// <summary>The distance of a layer's values in the written model from the trained layer computed in double precision.</summary>
/// <param name="Layer">The trained layer's name.</param>
/// <param name="Tensor">The tensor in the model.</param>
/// <param name="MaxDifference">Largest difference.</param>
/// <param name="MeanDifference">Mean difference.</param>
/// <param name="Magnitude">Largest absolute value of the layer, for comparison.</param>
internal sealed record LayerDeparture(string Layer, string Tensor, double MaxDifference, double MeanDifference, double Magnitude)
{
    private const int Images = 8;

    /// <summary>Gets the largest difference relative to the layer's largest value.</summary>
    public double Relative => Magnitude > 0 ? MaxDifference / Magnitude : MaxDifference;

    /// <summary>Compares every layer that the model still has, on the first golden images.</summary>
    public static IReadOnlyList<LayerDeparture> Measure(
        EmittedModel emitted, TrainedModel trained, TrainedWeights weights, GoldenTensors golden, CancellationToken cancellation)
    {
        var images = Math.Min(Images, golden.Count);
        var size = golden.Shape.Count;
        var pixels = golden.Pixels.AsMemory(0, images * size);
        var reference = new ReferenceNetwork(trained.Spec, weights, trained.Normalization, trained.Temperature);
        var expected = Enumerable.Range(0, images).Select(image => reference.Run(pixels.Span.Slice(image * size, size))).ToList();

        var whole = PrunedGraph.WithOutputs(emitted.Model, emitted.Values.Select(value => value.Value));
        using var model = new ModelUnderTest("the model with all layers as outputs", whole, optimize: false);
        var found = model.Run(pixels, cancellation);
        var layers = trained.Spec.Layers.Select(layer => layer.Name).ToList();
        return [.. emitted.Values.Select(value => Compare(value.Key, value.Value))];

        LayerDeparture Compare(string layer, string tensor)
        {
            var row = layers.IndexOf(layer);
            var values = expected.SelectMany(image => image[row]).ToArray();
            var comparison = Comparison.Of<double>(values, found[tensor]);
            return new(layer, tensor, comparison.MaxDifference, comparison.MeanDifference, values.Max(Math.Abs));
        }
    }
}
