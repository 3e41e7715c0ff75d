using LeNetServe.Datasets;
using LeNetServe.Exporter.Layers;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Fold;

/// <summary>A trained network with normalization and batch norm folded into its weights, in double precision.</summary>
/// <param name="Spec">The network as trained.</param>
/// <param name="Scaling">The normalization that comes before the first layer; null if it is in a layer's weights.</param>
/// <param name="Layers">The layers that remain.</param>
internal sealed record FoldedNetwork(LeNetSpec Spec, InputScaling? Scaling, IReadOnlyList<ExportedLayer> Layers)
{
    /// <summary>Folds: every layer into the one before it if it can, and the normalization into the first layer that takes it.</summary>
    public static FoldedNetwork Fold(LeNetSpec spec, TrainedWeights weights, Normalization normalization)
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
        return new(spec, kept, layers);
    }
}
