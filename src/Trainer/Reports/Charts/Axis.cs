using System.Globalization;

namespace LeNetServe.Trainer.Reports.Charts;

/// <summary>One axis of a chart.</summary>
/// <param name="Title">What it measures, with the unit.</param>
internal sealed record Axis(string Title)
{
    /// <summary>Show values as percentages: 0.5 as 50 %.</summary>
    public bool Percent { get; init; }

    /// <summary>Logarithmic; values that are not positive are left out.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>Values are whole numbers, and so are the ticks.</summary>
    public bool Whole { get; init; }

    /// <summary>Names of the values 0, 1, 2, … of an axis that has no numbers.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The values to label, where not round ones: the few that occur.</summary>
    public IReadOnlyList<double>? Labelled { get; init; }

    /// <summary>Where a value lies on the axis.</summary>
    public double Position(double value) => Logarithmic ? Math.Log10(value) : value;

    /// <summary>Whether the value can be drawn.</summary>
    public bool Takes(double value) => double.IsFinite(value) && (!Logarithmic || value > 0);

    /// <summary>The value as text for the tick labels of an axis with that distance between its ticks.</summary>
    public string Label(double value, double step)
    {
        if (Names is not null)
            return Names[(int)value];
        var shown = Percent ? 100 * value : value;
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(Percent ? 100 * step : step) - 1e-9), 0, 6);
        if ((Logarithmic || Labelled is not null) && !Percent)
            return shown.ToString(shown == 0 || Math.Abs(shown) is >= 1e-3 and < 1e6 ? "#,0.######" : "0.##e0", CultureInfo.InvariantCulture);
        return shown.ToString($"N{decimals}", CultureInfo.InvariantCulture) + (Percent ? "\u00A0%" : "");
    }

    /// <summary>Round values within the range, about <paramref name="count"/> of them, and the distance between them.</summary>
    public (IReadOnlyList<double> Values, double Step) Ticks(double low, double high, int count)
    {
        if (Names is not null)
            return ([.. Enumerable.Range(0, Names.Count).Select(index => (double)index)], 1);
        if (Labelled is not null)
            return (Labelled, Labelled.Count > 1 ? Labelled.Zip(Labelled.Skip(1), (one, next) => next - one).Min() : high - low);
        if (Logarithmic && LogarithmicTicks(low, high) is { Count: > 2 } ticks)
            return (ticks, low);
        var rough = (high - low) / Math.Max(1, count);
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = magnitude * (rough / magnitude) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        if (Whole)
            step = Math.Max(1, Math.Round(step));
        var first = Math.Ceiling(low / step - 1e-9);
        var last = Math.Floor(high / step + 1e-9);
        return ([.. Enumerable.Range(0, (int)(last - first) + 1).Select(index => (first + index) * step)], step);
    }

    private static List<double> LogarithmicTicks(double low, double high)
    {
        int[] digits = Math.Log10(high / low) switch { < 1.1 => [1, 2, 3, 5, 7], < 3 => [1, 2, 5], _ => [1] };
        var ticks = new List<double>();
        for (var exponent = (int)Math.Floor(Math.Log10(low)); exponent <= Math.Ceiling(Math.Log10(high)); exponent++)
            ticks.AddRange(digits.Select(digit => digit * Math.Pow(10, exponent)).Where(value => value >= low && value <= high));
        return ticks;
    }
}
