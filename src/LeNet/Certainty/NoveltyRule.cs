using LeNetServe.Specs;

namespace LeNetServe.Certainty;

/// <summary>The rule that tells images like those of training from others, by the score of <see cref="NoveltyModel"/>.</summary>
/// <param name="Threshold">The largest score of a known image.</param>
/// <param name="FalseAlarms">The share of the held-out images whose score is above the threshold.</param>
/// <param name="Layers">The layer whose values the score reads; the logits if the list is empty.</param>
public sealed record NoveltyRule(double Threshold, double FalseAlarms, IReadOnlyList<string> Layers)
{
    /// <summary>The rate of false alarms that a threshold is chosen for.</summary>
    public const double Rate = 0.01;

    /// <summary>
    /// Gets the layer whose values tell strange images: the last activation or pooling that two layers with weights follow. In a LeNet that
    /// is the activation of C5. Null for the logits, if a small network has nothing else.
    /// </summary>
    public static string? LayerOf(LeNetSpec spec)
    {
        // Before the first weights, the values of an exported file are those of raw pixels.
        var layers = spec.Layers.SkipWhile(layer => layer is not (ConvolutionSpec or DenseSpec)).ToArray();
        var following = 0;
        foreach (var layer in layers.Reverse())
            if (layer is ConvolutionSpec or DenseSpec or RbfSpec)
                following++;
            else if (following >= 2 && layer is (ActivationSpec or PoolingSpec or SubsamplingSpec))
                return layer.Name;
        return null;
    }

    /// <summary>Chooses the threshold on held-out images.</summary>
    /// <param name="scores">Scores of the held-out images.</param>
    /// <param name="layers">The layers of the score.</param>
    public static NoveltyRule Of(ReadOnlySpan<float> scores, IReadOnlyList<string> layers)
    {
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        var rank = Math.Min(sorted.Length, (int)Math.Ceiling((1 - Rate) * (sorted.Length + 1) - 1e-9));
        var threshold = sorted[rank - 1];
        return new(threshold, (double)sorted.Count(score => score > threshold) / sorted.Length, layers);
    }
}
