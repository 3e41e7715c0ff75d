using LeNetServe.Specs;

namespace LeNetServe.Certainty;

/// <summary>The rule that tells images like those of training from others, by the score of <see cref="NoveltyModel"/>.</summary>
/// <param name="Threshold">The largest score of a known image.</param>
/// <param name="FalseAlarms">The share of the held-out images whose score is above the threshold.</param>
/// <param name="Layers">The layers whose maps are averaged for the score. The logits follow them.</param>
public sealed record NoveltyRule(double Threshold, double FalseAlarms, IReadOnlyList<string> Layers)
{
    /// <summary>The rate of false alarms that a threshold is chosen for.</summary>
    public const double Rate = 0.01;

    /// <summary>
    /// Gets the layers of a network whose maps tell strange images: those that pool maps, after the first layer with weights. Before it
    /// the values of an exported file are those of raw pixels.
    /// </summary>
    public static IReadOnlyList<string> LayersOf(LeNetSpec spec) =>
    [
        .. from row in spec.Trace().SkipWhile(row => row.Layer is not (ConvolutionSpec or DenseSpec))
           where row.Layer is PoolingSpec or SubsamplingSpec && row.Output.Height * row.Output.Width > 1
           select row.Layer.Name,
    ];

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
