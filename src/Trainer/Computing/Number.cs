using TorchSharp;

namespace LeNetServe.Trainer.Computing;

/// <summary>
/// Numbers as torch's operations take them. TorchSharp makes an object of each number and frees its native part when the object is
/// collected. The operation does not keep the object alive, so a number converted in passing may be freed too early ("toFloat: Expected
/// false to be true"). TorchSharp itself converts so in <c>+</c> and in <c>add</c> without a factor: call <c>add</c> with the factor 1.
/// </summary>
internal static class Number
{
    private const int Kept = 64;

    [ThreadStatic]
    private static Scalar[]? kept;

    [ThreadStatic]
    private static int next;

    /// <summary>Converts a number, which stays alive until this thread has converted 63 more.</summary>
    public static Scalar Of(double value)
    {
        kept ??= new Scalar[Kept];
        return kept[next++ & (Kept - 1)] = value.ToScalar();
    }
}
