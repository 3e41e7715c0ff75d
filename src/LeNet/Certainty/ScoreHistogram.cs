namespace LeNetServe.Certainty;

/// <summary>The distribution of a score over bins that held about the same number of images when they were made.</summary>
/// <param name="Edges">The upper ends of all bins but the last, rising.</param>
/// <param name="Shares">The share of the images in each bin.</param>
public sealed record ScoreHistogram(IReadOnlyList<double> Edges, IReadOnlyList<double> Shares)
{
    private const int Bins = 10;

    /// <summary>Gets whether there is a share for each bin.</summary>
    internal bool IsWhole => Shares.Count == Edges.Count + 1;

    /// <summary>Makes ten bins of equal size, fewer if many scores are equal.</summary>
    public static ScoreHistogram Of(IEnumerable<float> scores)
    {
        var sorted = scores.Order().ToArray();
        double[] edges = [.. Enumerable.Range(1, Bins - 1).Select(bin => (double)sorted[bin * (sorted.Length - 1) / Bins]).Distinct()];
        var histogram = new ScoreHistogram(edges, []);
        var counts = new int[edges.Length + 1];
        foreach (var score in sorted)
            counts[histogram.BinOf(score)]++;
        return histogram with { Shares = [.. counts.Select(count => (double)count / sorted.Length)] };
    }

    /// <summary>Gets the bin of a score. A score that is not a number is in the last bin.</summary>
    public int BinOf(double score)
    {
        var bin = 0;
        while (bin < Edges.Count && !(score <= Edges[bin]))
            bin++;
        return bin;
    }
}
