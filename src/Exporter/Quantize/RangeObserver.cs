namespace LeNetServe.Exporter.Quantize;

/// <summary>Counts a tensor's values in a histogram. Its width doubles when a value is outside.</summary>
internal sealed class RangeObserver
{
    private const int Bins = 4096;
    private readonly long[] counts = new long[Bins];
    private float limit = 1e-3f;
    private long seen;
    private float low = float.PositiveInfinity;
    private float high = float.NegativeInfinity;

    /// <summary>Counts values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                throw new InvalidDataException($"a value is {value} on a calibration image, expected finite numbers");
            while (MathF.Abs(value) >= limit)
                Widen();
            counts[Bin(value)]++;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        seen += values.Length;
    }

    /// <summary>Returns the range of the values counted.</summary>
    /// <param name="method">The method.</param>
    /// <param name="percentile">Share of the values, in percent, that stays inside at either end.</param>
    public ActivationRange Range(RangeMethod method, double percentile)
    {
        if (method == RangeMethod.MinMax || seen == 0)
            return new(low, high);
        var outside = (long)(seen * (100 - percentile) / 100);
        return new(Math.Max(low, Edge(outside, fromEnd: false)), Math.Min(high, Edge(outside, fromEnd: true)));
    }

    private float Edge(long outside, bool fromEnd)
    {
        var count = 0L;
        for (var step = 0; step < Bins; step++)
        {
            var bin = fromEnd ? Bins - 1 - step : step;
            count += counts[bin];
            if (count > outside)
                return (bin + (fromEnd ? 1 : 0) - Bins / 2) * (2 * limit / Bins);
        }
        return 0;
    }

    private int Bin(float value) => Math.Clamp((int)MathF.Floor(value / (2 * limit / Bins)) + Bins / 2, 0, Bins - 1);

    // Two neighboring bins become one.
    private void Widen()
    {
        var wider = new long[Bins];
        for (var bin = 0; bin < Bins; bin++)
            wider[Bins / 4 + bin / 2] += counts[bin];
        wider.CopyTo(counts, 0);
        limit *= 2;
    }
}
