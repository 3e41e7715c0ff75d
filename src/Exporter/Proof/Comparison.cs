namespace LeNetServe.Exporter.Proof;

/// <summary>The distance between two lists of numbers.</summary>
/// <param name="MaxDifference">Largest absolute difference; infinite if a value is NaN.</param>
/// <param name="MeanDifference">Mean absolute difference.</param>
internal readonly record struct Comparison(double MaxDifference, double MeanDifference)
{
    /// <summary>Compares lists of equal length.</summary>
    public static Comparison Of<T>(ReadOnlySpan<T> expected, ReadOnlySpan<float> found) where T : struct, System.Numerics.INumber<T>
    {
        if (expected.Length != found.Length)
            throw new InvalidDataException($"{found.Length} values, expected {expected.Length}");
        var largest = 0.0;
        var sum = 0.0;
        for (var index = 0; index < found.Length; index++)
        {
            var difference = Math.Abs(double.CreateChecked(expected[index]) - found[index]);
            if (double.IsNaN(difference))
                difference = double.PositiveInfinity;
            largest = Math.Max(largest, difference);
            sum += difference;
        }
        return new(largest, found.Length == 0 ? 0 : sum / found.Length);
    }
}
