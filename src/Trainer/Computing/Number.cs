using TorchSharp;

namespace LeNetServe.Trainer.Computing;

/// <summary>
/// Numbers as torch's operations take them. TorchSharp makes an object of each number and frees its native part when the object is collected, and nothing keeps it
/// alive while the operation reads it; so a number that was converted in passing may be freed too early ("toFloat: Expected false to be true"). TorchSharp does so itself
/// in <c>+</c> and in <c>add</c> without a factor, which are therefore called with the factor 1.
/// </summary>
internal static class Number
{
    private const int Kept = 64;

    [ThreadStatic]
    private static Scalar[]? kept;

    [ThreadStatic]
    private static int next;

    /// <summary>The number, which stays alive while this thread asks for its next 63.</summary>
    public static Scalar Of(double value)
    {
        kept ??= new Scalar[Kept];
        return kept[next++ & (Kept - 1)] = value.ToScalar();
    }
}
