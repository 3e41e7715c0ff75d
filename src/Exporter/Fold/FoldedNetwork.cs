using LeNetServe.Datasets;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Fold;

/// <summary>A trained network with normalisation and batch norm folded into its weights, in double precision.</summary>
/// <param name="Spec">The network as trained.</param>
/// <param name="Scale">Per channel: what the pixels are multiplied by before the first layer; null where that is in the first layer's weights.</param>
/// <param name="Shift">Per channel: what is added then.</param>
/// <param name="Layers">The layers that remain.</param>
internal sealed record FoldedNetwork(LeNetSpec Spec, double[]? Scale, double[]? Shift, IReadOnlyList<FoldedLayer> Layers)
{
    /// <summary>
    /// Folds. The normalisation x′ = (x − mean)/deviation goes into the first layer that has weights; pooling and dropout before it let it
    /// pass, because the deviation is positive. Before any other layer it stays a multiplication and an addition of its own.
    /// </summary>
    public static FoldedNetwork Fold(LeNetSpec spec, TrainedWeights weights, Normalization normalization)
    {
        var pending = InputScaling.From(normalization, spec.Input.Channels);
        InputScaling? kept = null;
        var rows = spec.Trace();
        var layers = new List<FoldedLayer>(rows.Count);
        for (var index = 0; index < rows.Count; index++)
        {
            var row = rows[index];
            if (row.Layer is DropoutSpec)
                continue;
            if (pending is not null && row.Layer is ActivationSpec or RbfSpec or SoftmaxSpec)
                (kept, pending) = (pending, null);
            var (weight, bias) = Load(row, weights);
            if (pending is not null && row.Layer is ConvolutionSpec or DenseSpec or SubsamplingSpec)
            {
                pending!.FoldInto(row, weight, bias);
                pending = null;
            }
            var represents = row.Layer.Name;
            if (index + 1 < rows.Count && rows[index + 1].Layer is BatchNormSpec norm)
            {
                FoldBatchNorm(norm, weights, weight, bias);
                represents = norm.Name;
                index++;
            }
            layers.Add(new(row, pending is null ? represents : null, weight, bias));
        }
        return new(spec, kept?.Scale, kept?.Shift, layers);
    }

    private static (double[] Weight, double[] Bias) Load(LayerShape row, TrainedWeights weights) => row.Layer switch
    {
        ConvolutionSpec { Bias: true } or DenseSpec { Bias: true } or SubsamplingSpec =>
            (weights.Get(row.Layer, "weight"), weights.Get(row.Layer, "bias")),
        ConvolutionSpec or DenseSpec => (weights.Get(row.Layer, "weight"), new double[row.Output.Channels]),
        RbfSpec => (weights.Get(row.Layer, "weight"), []),
        _ => ([], []),
    };

    // y = γ·(x − μ)/√(σ² + ε) + β on x = W·in + b: W′ = W·γ/√(σ² + ε), b′ = (b − μ)·γ/√(σ² + ε) + β.
    private static void FoldBatchNorm(BatchNormSpec norm, TrainedWeights weights, double[] weight, double[] bias)
    {
        var (gamma, beta) = (weights.Get(norm, "weight"), weights.Get(norm, "bias"));
        var (mean, variance) = (weights.Get(norm, "running_mean"), weights.Get(norm, "running_var"));
        var perMap = weight.Length / bias.Length;
        for (var map = 0; map < bias.Length; map++)
        {
            if (variance[map] < 0 || variance[map] + norm.Epsilon <= 0)
                throw new InvalidDataException($"{weights.Path}: tensor \"{norm.Name}.running_var\" is {variance[map]} at {map}, expected a variance of 0 or more");
            var factor = gamma[map] / Math.Sqrt(variance[map] + norm.Epsilon);
            foreach (ref var value in weight.AsSpan(map * perMap, perMap))
                value *= factor;
            bias[map] = (bias[map] - mean[map]) * factor + beta[map];
        }
    }
}
