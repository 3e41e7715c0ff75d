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

    /// <summary>One line for logs and errors.</summary>
    public override string ToString() =>
        $"{Images} golden images, largest difference of a probability {MaxDifference:0.0e0} (tolerance {Tolerance:0.0e0}), {Disagreements} with another best class";
}
