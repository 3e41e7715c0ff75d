using System.Text.Json.Serialization;

namespace LeNetServe.Certainty;

/// <summary>A model's answers to images like those of training. Answers to other images differ from them.</summary>
/// <param name="Classes">The share of the images that each class is the answer to.</param>
/// <param name="Confidence">The probabilities of the answers.</param>
/// <param name="Novelty">The novelties; null if the file has no output for them.</param>
public sealed record AnswerReference(
    IReadOnlyList<double> Classes,
    ScoreHistogram Confidence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScoreHistogram? Novelty = null)
{
    private const double Least = 1e-4;

    /// <summary>Checks that there is a share for each class and for each bin.</summary>
    /// <param name="classes">The number of classes of the model.</param>
    public bool Fits(int classes) => Classes.Count == classes && Confidence.IsWhole && Novelty?.IsWhole != false;

    /// <summary>Describes answers.</summary>
    /// <param name="probabilities">N×classes.</param>
    /// <param name="classes">Number of classes.</param>
    public static AnswerReference Of(float[] probabilities, int classes)
    {
        var images = probabilities.Chunk(classes).ToList();
        var shares = new double[classes];
        foreach (var row in images)
            shares[Array.IndexOf(row, row.Max())] += 1.0 / images.Count;
        return new(shares, ScoreHistogram.Of(images.Select(row => row.Max())));
    }

    /// <summary>
    /// Gets the population stability index: Σ (found − expected)·ln(found / expected) over the bins. Below 0.1 nothing has changed, above
    /// 0.25 much has (Siddiqi 2006, chapter 9).
    /// </summary>
    /// <param name="counts">The images found in each bin.</param>
    /// <param name="expected">The share of each bin.</param>
    public static double StabilityIndex(ReadOnlySpan<long> counts, IReadOnlyList<double> expected)
    {
        var sum = 0L;
        foreach (var count in counts)
            sum += count;
        var index = 0.0;
        for (var bin = 0; bin < counts.Length; bin++)
        {
            var found = Math.Max(Least, (double)counts[bin] / Math.Max(1, sum));
            var share = Math.Max(Least, expected[bin]);
            index += (found - share) * Math.Log(found / share);
        }
        return index;
    }
}
