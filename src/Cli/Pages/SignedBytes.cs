namespace LeNetServe.Cli.Pages;

/// <summary>Values around zero as the bytes of a picture that pages paint in red and blue.</summary>
public static class SignedBytes
{
    private const float Zero = 127.5f;

    /// <summary>Scales values: the largest magnitude becomes 0 or 255, and zero is in the middle.</summary>
    public static byte[] Of(float[] values)
    {
        var largest = Math.Max(1e-12f, values.Max(MathF.Abs));
        return Array.ConvertAll(values, value => (byte)MathF.Round(Zero + (Zero * value / largest)));
    }
}
