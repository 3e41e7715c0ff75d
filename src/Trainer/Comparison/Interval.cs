using System.Globalization;

namespace LeNetServe.Trainer.Comparison;

/// <summary>The mean of some runs' figures with its 95 % confidence interval by Student's t.</summary>
/// <param name="Count">Number of figures.</param>
/// <param name="Mean">Their mean; NaN if there are none.</param>
/// <param name="HalfWidth">Half the width of the interval: t(0.975, n − 1)·s/√n; null for fewer than two figures.</param>
internal sealed record Interval(int Count, double Mean, double? HalfWidth)
{
    /// <summary>The interval of these figures.</summary>
    public static Interval Of(IEnumerable<double> figures)
    {
        var values = figures.ToArray();
        if (values.Length == 0)
            return new(0, double.NaN, null);
        var mean = values.Average();
        if (values.Length == 1)
            return new(1, mean, null);
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        return new(values.Length, mean, StudentT.Quantile975(values.Length - 1) * deviation / Math.Sqrt(values.Length));
    }

    /// <summary>Gets the lower end; null for fewer than two figures.</summary>
    public double? LowEnd => Mean - HalfWidth;

    /// <summary>Gets the upper end; null for fewer than two figures.</summary>
    public double? HighEnd => Mean + HalfWidth;

    /// <summary>As in <c>99.31 ± 0.05</c>, multiplied by <paramref name="factor"/>; a dash without figures.</summary>
    public string ToString(string format, double factor = 1)
    {
        if (Count == 0)
            return "–";
        var mean = (factor * Mean).ToString(format, CultureInfo.InvariantCulture);
        return HalfWidth is { } half and > 0 ? $"{mean} ± {(factor * half).ToString(format, CultureInfo.InvariantCulture)}" : mean;
    }
}
