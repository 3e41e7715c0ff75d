using LeNetServe.Models;

namespace LeNetServe.Runtime.Models;

/// <summary>The comparison of a model's answers on its golden tensors with those of torch.</summary>
/// <param name="Images">Number of images compared.</param>
/// <param name="MaxDifference">Largest difference of a probability.</param>
/// <param name="Disagreements">Number of images whose best class is not the same.</param>
/// <param name="Tolerance">Largest difference that passes.</param>
/// <param name="Passed">Whether the model may be used.</param>
public sealed record GoldenCheck(int Images, float MaxDifference, int Disagreements, double Tolerance, bool Passed)
{
    /// <summary>The tolerance for a model without a tolerance in its manifest.</summary>
    public const double DefaultTolerance = 1e-4;

    /// <summary>
    /// The share of golden images whose best class must agree if the file's precision is lossy. With float32 all must agree.
    /// </summary>
    public const double LossyAgreement = 0.95;

    /// <summary>Checks whether enough best classes agree for a file of this precision.</summary>
    public static bool Agrees(int images, int disagreements, WeightPrecision precision) =>
        disagreements == 0 || (precision != WeightPrecision.Full && images - disagreements >= LossyAgreement * images);

    /// <summary>Gets the largest difference of two answers.</summary>
    public static float LargestDifference(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs)
    {
        var largest = 0f;
        for (var index = 0; index < ours.Length; index++)
            largest = MathF.Max(largest, MathF.Abs(ours[index] - theirs[index]));
        return largest;
    }

    /// <summary>Describes the comparison in one line, for logs and errors.</summary>
    public override string ToString() =>
        $"{Images} golden images, largest difference of a probability {MaxDifference:0.0e0} (tolerance {Tolerance:0.0e0}), " +
        $"{Disagreements} with another best class";
}
