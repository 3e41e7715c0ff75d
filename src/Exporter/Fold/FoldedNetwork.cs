using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Layers;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Fold;

/// <summary>A trained network with normalization and batch norm folded into its weights, in double precision.</summary>
/// <param name="Spec">The network as trained.</param>
/// <param name="Scaling">The normalization that comes before the first layer; null if it is in a layer's weights.</param>
/// <param name="Layers">The layers that remain.</param>
/// <param name="LogitFactor">The factor of the logits that no layer took into its weights; 1 if there is none.</param>
internal sealed record FoldedNetwork(LeNetSpec Spec, InputScaling? Scaling, IReadOnlyList<ExportedLayer> Layers, double LogitFactor)
{
    /// <summary>The score of strange images; null if the run has none.</summary>
    public (NoveltyModel Model, NoveltyRule Rule)? Novelty { get; init; }

    /// <summary>
    /// Folds: every layer into the one before it if it can, and the normalization into the first layer that takes it. The layer that makes
    /// the logits takes their division by the temperature.
    /// </summary>
    public static FoldedNetwork Fold(LeNetSpec spec, TrainedWeights weights, Normalization normalization, double temperature = 1)
    {
        InputScaling? pending = InputScaling.From(normalization, spec.Input.Channels);
        InputScaling? kept = null;
        var layers = new List<ExportedLayer>();
        foreach (var layer in spec.Trace().Select(row => ExportedLayer.Of(row, weights)))
        {
            if (layer.FoldInto(layers.LastOrDefault()))
                continue;
            var fate = pending is null ? ScalingFate.Passed : layer.Meet(pending);
            if (fate == ScalingFate.Stopped)
                kept = pending;
            if (fate != ScalingFate.Passed)
                pending = null;
            layer.Represents = pending is null ? layer.Name : null;
            layers.Add(layer);
        }
        var isScaled = temperature == 1 || (layers.Count > 1 && layers[^2].ScaleOutput(1 / temperature));
        return new(spec, kept, layers, isScaled ? 1 : 1 / temperature);
    }
}
