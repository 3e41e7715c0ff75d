using LeNetServe.Specs;

namespace LeNetServe.Exporter.Fold;

/// <summary>A layer as it is written: what was folded into it is in its weights.</summary>
/// <param name="Row">The layer with the shapes that enter and leave it.</param>
/// <param name="Represents">Name of the trained layer whose values it gives: its own, or that of the batch norm folded into it; null before the layer that takes the
/// normalisation in, where values are raw.</param>
/// <param name="Weight">Row-major, in the layer's stored shape; empty where it has none.</param>
/// <param name="Bias">One value per output map; empty where the layer has no weights.</param>
internal sealed record FoldedLayer(LayerShape Row, string? Represents, double[] Weight, double[] Bias);
