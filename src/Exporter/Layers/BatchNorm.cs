using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>Batch norm, which always folds into the convolution or dense layer before it.</summary>
internal sealed class BatchNorm(BatchNormSpec layer, LayerShape row, TrainedWeights weights) : ExportedLayer(row)
{
    /// <summary>
    /// y = f·(x − μ) + β with f = γ/√(σ² + ε) is folded into x = W·in + b: W′ = f·W, b′ = f·(b − μ) + β.
    /// </summary>
    public override bool FoldInto(ExportedLayer? previous)
    {
        if (previous is null || layer != new BatchNormSpec { Name = layer.Name, Epsilon = layer.Epsilon, Momentum = layer.Momentum })
            return false;
        var gamma = weights.Get(layer, "weight");
        var beta = weights.Get(layer, "bias");
        var mean = weights.Get(layer, "running_mean");
        var variance = weights.Get(layer, "running_var");
        var perMap = previous.Weight.Length / previous.Bias.Length;
        for (var map = 0; map < previous.Bias.Length; map++)
        {
            if (variance[map] < 0 || variance[map] + layer.Epsilon <= 0)
                throw new InvalidDataException($"{weights.Path}: tensor \"{Name}.running_var\" is {variance[map]} at {map}, "
                    + "expected a variance of 0 or more");
            var factor = gamma[map] / Math.Sqrt(variance[map] + layer.Epsilon);
            foreach (ref var value in previous.Weight.AsSpan(map * perMap, perMap))
                value *= factor;
            previous.Bias[map] = (previous.Bias[map] - mean[map]) * factor + beta[map];
        }
        previous.Represents = Name;
        return true;
    }

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph) =>
        throw new SpecException(
            $"layer {Name}: {layer} does not fold into the layer before it, expected a batch norm as this version knows it");

    /// <summary>Writes nothing. The layer is folded away.</summary>
    public override void EmitGradient(GraphBuilder graph, string output)
    {
    }
}
