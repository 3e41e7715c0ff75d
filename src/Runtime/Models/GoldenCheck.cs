using LeNetServe.Models;

namespace LeNetServe.Runtime.Models;

/// <summary>How far a model's answers on its golden tensors lie from torch's.</summary>
/// <param name="Images">Number of images compared.</param>
/// <param name="MaxDifference">Largest difference of a probability.</param>
/// <param name="Disagreements">Images with another best class than torch's.</param>
/// <param name="Tolerance">Largest difference that passes.</param>
/// <param name="Passed">Whether the model may be used.</param>
public sealed record GoldenCheck(int Images, float MaxDifference, int Disagreements, double Tolerance, bool Passed)
{
    /// <summary>The tolerance for a model that states none.</summary>
    public const double DefaultTolerance = 1e-4;

    /// <summary>Share of the golden images that must have torch's best class where the file's precision is a lossy one; all, where it is float32.</summary>
    public const double LossyAgreement = 0.95;

    /// <summary>Whether so many answers agree that a file of this precision may be used.</summary>
    public static bool Agrees(int images, int disagreements, WeightPrecision precision) =>
        disagreements == 0 || (precision != WeightPrecision.Full && images - disagreements >= LossyAgreement * images);

    /// <summary>One line for logs and errors.</summary>
    public override string ToString() =>
        $"{Images} golden images, largest difference of a probability {MaxDifference:0.0e0} (tolerance {Tolerance:0.0e0}), {Disagreements} with another best class";
}
