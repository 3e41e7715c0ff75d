namespace LeNetServe.Exporter.Proof;

/// <summary>A file's answers on the golden tensors beside it.</summary>
/// <param name="Images">Images compared.</param>
/// <param name="SameArgmax">Images with torch's best class.</param>
/// <param name="MaxDifference">Largest difference of a probability.</param>
/// <param name="Tolerance">Largest difference that passes.</param>
/// <param name="Passed">Whether the server would take the model.</param>
internal sealed record GoldenVerdict(int Images, int SameArgmax, double MaxDifference, double Tolerance, bool Passed)
{
    /// <inheritdoc/>
    public override string ToString() => Describe(Images, SameArgmax, MaxDifference, Tolerance);

    /// <summary>Returns the figures as a line for people.</summary>
    public static string Describe(int images, int sameArgmax, double maxDifference, double tolerance) =>
        $"{sameArgmax} of {images} golden images with torch's best class, largest difference of a probability {maxDifference:0.0e0} "
        + $"(tolerance {tolerance:0.0e0})";
}
