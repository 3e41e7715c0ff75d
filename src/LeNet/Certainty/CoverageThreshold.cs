namespace LeNetServe.Certainty;

/// <summary>
/// A conformal threshold: the set of the labels of at least this probability holds the right label of that share of images (Sadinle, Lei,
/// Wasserman 2019). A set may be empty if no label reaches the threshold.
/// </summary>
/// <param name="Coverage">The share of images whose set holds the right label.</param>
/// <param name="Threshold">The smallest probability of a label in the set.</param>
public sealed record CoverageThreshold(double Coverage, double Threshold)
{
    private static readonly double[] Offered = [0.9, 0.95, 0.98, 0.99, 0.995, 0.999];

    /// <summary>Gets the thresholds that so many held-out images can support, by rising coverage.</summary>
    /// <param name="probabilities">Calibrated probabilities of the held-out images, N×classes.</param>
    /// <param name="labels">The right classes.</param>
    public static IReadOnlyList<CoverageThreshold> Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels)
    {
        var classes = probabilities.Length / labels.Length;
        var right = new float[labels.Length];
        for (var image = 0; image < right.Length; image++)
            right[image] = probabilities[image * classes + labels[image]];
        Array.Sort(right);
        // The ⌈(n + 1)·coverage⌉-th largest probability of the right class: the finite-sample quantile of split conformal prediction.
        return
        [
            .. from coverage in Offered
               let rank = (int)Math.Ceiling((right.Length + 1) * coverage - 1e-9)
               where rank <= right.Length
               select new CoverageThreshold(coverage, right[right.Length - rank]),
        ];
    }
}
