namespace LeNetServe.Exporter.Inspect;

/// <summary>A difference between two model files.</summary>
/// <param name="What">The place in the files, such as <c>initializer C1.weight</c>.</param>
/// <param name="Left">The first file's content; null if it has none.</param>
/// <param name="Right">The second file's content; null if it has none.</param>
internal sealed record ModelDifference(string What, string? Left, string? Right)
{
    /// <summary>Gets the largest difference of the values if both are floats of one shape.</summary>
    public double? MaxDifference { get; init; }

    /// <summary>Returns a line for people.</summary>
    public override string ToString() => MaxDifference is { } difference
        ? $"{What}: values differ by {difference:0.0e0} at most"
        : $"{What}: {Left ?? "(absent)"} → {Right ?? "(absent)"}";
}
