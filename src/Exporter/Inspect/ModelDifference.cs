namespace LeNetServe.Exporter.Inspect;

/// <summary>One thing in which two model files differ.</summary>
/// <param name="What">Where it is, such as <c>initializer C1.weight</c>.</param>
/// <param name="Left">What the first file has; null: nothing.</param>
/// <param name="Right">What the second file has; null: nothing.</param>
internal sealed record ModelDifference(string What, string? Left, string? Right)
{
    /// <summary>Largest difference of the values, where both hold floats of one shape.</summary>
    public double? MaxDifference { get; init; }

    /// <summary>One line for people.</summary>
    public override string ToString() => MaxDifference is { } difference
        ? $"{What}: values differ by {difference:0.0e0} at most"
        : $"{What}: {Left ?? "(absent)"} → {Right ?? "(absent)"}";
}
