using LeNetServe.Certainty;

namespace LeNetServe.Exporter.Proof;

/// <summary>The sets of labels of one threshold in the manifest, on a test set.</summary>
/// <param name="Coverage">The share of the images whose set should hold the right label.</param>
/// <param name="Measured">The share whose set holds it.</param>
/// <param name="Labels">Mean number of labels in a set.</param>
/// <param name="Passed">Whether the measured share is not below the other one by more than chance explains.</param>
internal sealed record CoverageProof(double Coverage, double Measured, double Labels, bool Passed)
{
    /// <summary>Four deviations: one of 16,000 true statements fails by chance.</summary>
    private const double Deviations = 4;

    /// <summary>Measures the thresholds of a calibration.</summary>
    /// <param name="certainty">The calibration.</param>
    /// <param name="probabilities">The model's answers, N×classes.</param>
    /// <param name="labels">The right classes.</param>
    public static IReadOnlyList<CoverageProof> Of(ModelCertainty certainty, float[] probabilities, int[] labels) =>
        [.. certainty.Coverage.Select(asked => Of(asked, certainty.Images, probabilities, labels))];

    private static CoverageProof Of(CoverageThreshold asked, int heldOut, float[] probabilities, int[] labels)
    {
        var classes = probabilities.Length / labels.Length;
        var covered = labels.Where((label, image) => probabilities[image * classes + label] >= asked.Threshold).Count();
        var inSets = probabilities.Count(probability => probability >= asked.Threshold);
        var measured = (double)covered / labels.Length;
        // Both the held-out images, which chose the threshold, and the test images are samples.
        var deviation = Math.Sqrt(asked.Coverage * (1 - asked.Coverage) * (1.0 / labels.Length + 1.0 / heldOut));
        return new(asked.Coverage, measured, (double)inSets / labels.Length, measured >= asked.Coverage - Deviations * deviation);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Measured:P2} of the sets for {Coverage:P1} hold the right label, {Labels:0.00} labels each";
}
