namespace LeNetServe.Certainty;

/// <summary>Measures of how truthful probabilities are on images whose right classes are known.</summary>
public sealed record CertaintyFigures
{
    private const int BinCount = 15;

    // The logarithm of a probability that underflowed to zero is not finite.
    private const double Least = 1e-30;

    /// <summary>The number of images.</summary>
    public required int Images { get; init; }

    /// <summary>The expected calibration error: the mean over the images of |confidence − accuracy| of their bins.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>The mean cross-entropy, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>Brier's score: the mean squared distance of the probabilities from the right answer, summed over the classes.</summary>
    public required double Brier { get; init; }

    /// <summary>15 bins of equal width over the largest probability.</summary>
    public required IReadOnlyList<ConfidenceBin> Bins { get; init; }

    /// <summary>Measures probabilities.</summary>
    /// <param name="probabilities">N×classes.</param>
    /// <param name="labels">The right classes.</param>
    public static CertaintyFigures Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels)
    {
        var classes = probabilities.Length / labels.Length;
        var counts = new int[BinCount];
        var confidences = new double[BinCount];
        var hits = new int[BinCount];
        var loss = 0.0;
        var brier = 0.0;
        for (var image = 0; image < labels.Length; image++)
        {
            var row = probabilities.Slice(image * classes, classes);
            var answer = 0;
            for (var index = 0; index < classes; index++)
            {
                var distance = row[index] - (index == labels[image] ? 1.0 : 0);
                brier += distance * distance;
                if (row[index] > row[answer])
                    answer = index;
            }
            loss -= Math.Log(Math.Max(row[labels[image]], Least));
            var bin = Math.Clamp((int)Math.Ceiling(row[answer] * BinCount) - 1, 0, BinCount - 1);
            counts[bin]++;
            confidences[bin] += row[answer];
            hits[bin] += answer == labels[image] ? 1 : 0;
        }
        return new()
        {
            Images = labels.Length,
            CalibrationError = Enumerable.Range(0, BinCount).Sum(bin => Math.Abs(confidences[bin] - hits[bin])) / labels.Length,
            Loss = loss / labels.Length,
            Brier = brier / labels.Length,
            Bins =
            [
                .. Enumerable.Range(0, BinCount).Select(bin => new ConfidenceBin(
                    counts[bin], confidences[bin] / Math.Max(1, counts[bin]), (double)hits[bin] / Math.Max(1, counts[bin]))),
            ],
        };
    }

    /// <summary>
    /// Gets the error among the images of the largest probabilities, for rising shares of all images: the risk of answering those alone.
    /// </summary>
    /// <param name="probabilities">N×classes.</param>
    /// <param name="labels">The right classes.</param>
    /// <param name="points">Number of shares: 1/points, 2/points, … 1.</param>
    public static IReadOnlyList<(double Coverage, double Risk)> RiskCoverage(float[] probabilities, int[] labels, int points = 100)
    {
        var classes = probabilities.Length / labels.Length;
        var wrong = Enumerable.Range(0, labels.Length)
            .Select(image => new ArraySegment<float>(probabilities, image * classes, classes))
            .Select((row, image) => (Confidence: row.Max(), Wrong: row.AsSpan().IndexOf(row.Max()) == labels[image] ? 0 : 1))
            .OrderByDescending(image => image.Confidence).Select(image => image.Wrong).ToArray();
        var errors = new int[wrong.Length + 1];
        for (var image = 0; image < wrong.Length; image++)
            errors[image + 1] = errors[image] + wrong[image];
        return
        [
            .. Enumerable.Range(1, points).Select(point => (int)Math.Ceiling((double)point * wrong.Length / points))
                .Select(count => ((double)count / wrong.Length, (double)errors[count] / count)).Distinct(),
        ];
    }
}
