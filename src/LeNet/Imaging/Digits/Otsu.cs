namespace LeNetServe.Imaging;

/// <summary>
/// Finds the threshold that separates two kinds of pixels best (N. Otsu, "A threshold selection method from gray-level histograms", 1979).
/// </summary>
internal static class Otsu
{
    /// <summary>Gets the threshold, 0..255, midway between the means of both kinds. Values below 0 count as 0.</summary>
    public static double Threshold(ReadOnlySpan<float> values)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var value in values)
            counts[(int)Math.Clamp(value, 0, 255)]++;
        var total = 0d;
        for (var level = 0; level < 256; level++)
            total += (double)level * counts[level];

        var best = 0d;
        var bestSpread = -1d;
        var below = 0L;
        var belowSum = 0d;
        for (var level = 0; level < 255; level++)
        {
            below += counts[level];
            belowSum += (double)level * counts[level];
            var above = values.Length - below;
            if (below == 0 || above == 0)
                continue;
            var lower = belowSum / below;
            var upper = (total - belowSum) / above;
            if (below * (double)above * (upper - lower) * (upper - lower) is var spread && spread > bestSpread)
            {
                best = (lower + upper) / 2;
                bestSpread = spread;
            }
        }
        return best;
    }
}
