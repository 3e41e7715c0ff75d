namespace LeNetServe.Imaging;

/// <summary>Tells dark ink on light paper from bright ink on a dark ground.</summary>
internal static class Polarity
{
    /// <summary>The range of an even ground around its middle, in gray levels.</summary>
    private const int EvenRange = 12;

    /// <summary>The share of the border that an even ground covers. Ink may reach the border.</summary>
    private const double EvenShare = 0.75;

    /// <summary>Tells whether the ink of a gray picture, H×W, is darker than its ground.</summary>
    public static bool IsDarkOnLight(ReadOnlySpan<byte> pixels, int height, int width)
    {
        if (EvenBorder(pixels, height, width) is { } ground)
        {
            long balance = 0;
            foreach (var pixel in pixels)
                balance += Cube(pixel - ground);
            return balance < 0;
        }
        var residuals = new float[pixels.Length];
        PaperSurface.Fit(pixels, height, width).Subtract(pixels, residuals);
        return IsDarkOnLight(residuals);
    }

    /// <summary>Tells the same of the picture minus its paper. Noise is symmetric; the third power shows the side of the ink.</summary>
    public static bool IsDarkOnLight(ReadOnlySpan<float> residuals)
    {
        var balance = 0d;
        foreach (var residual in residuals)
            balance += residual * residual * residual;
        return balance < 0;
    }

    private static long Cube(long value) => value * value * value;

    /// <summary>Gets the middle gray level of a border that is nearly even; null if the light is uneven.</summary>
    private static int? EvenBorder(ReadOnlySpan<byte> pixels, int height, int width)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        var total = 0;
        for (var row = 0; row < height; row++)
        {
            var step = row == 0 || row == height - 1 ? 1 : Math.Max(1, width - 1);
            for (var column = 0; column < width; column += step, total++)
                counts[pixels[row * width + column]]++;
        }
        var ground = 0;
        var seen = counts[0];
        while (2 * seen < total)
            seen += counts[++ground];
        var even = 0;
        foreach (var count in counts[Math.Max(0, ground - EvenRange)..Math.Min(256, ground + EvenRange + 1)])
            even += count;
        return even >= EvenShare * total ? ground : null;
    }
}
