namespace LeNetServe.Imaging;

/// <summary>Tells dark ink on light paper from bright ink on a dark ground.</summary>
internal static class Polarity
{
    /// <summary>A border within this range of gray levels is one even ground.</summary>
    private const int EvenRange = 24;

    /// <summary>Whether the ink of a gray picture, H×W, is darker than its ground.</summary>
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

    /// <summary>The same from the picture minus its paper: noise is symmetric, ink lies on one side, and the third power makes it count.</summary>
    public static bool IsDarkOnLight(ReadOnlySpan<float> residuals)
    {
        var balance = 0d;
        foreach (var residual in residuals)
            balance += residual * residual * residual;
        return balance < 0;
    }

    private static long Cube(long value) => value * value * value;

    /// <summary>The gray level of the border where all of it is nearly the same.</summary>
    private static int? EvenBorder(ReadOnlySpan<byte> pixels, int height, int width)
    {
        var (lowest, highest) = (255, 0);
        for (var row = 0; row < height; row++)
        {
            var step = row == 0 || row == height - 1 ? 1 : Math.Max(1, width - 1);
            for (var column = 0; column < width; column += step)
                (lowest, highest) = (Math.Min(lowest, pixels[row * width + column]), Math.Max(highest, pixels[row * width + column]));
        }
        return highest - lowest <= EvenRange ? (lowest + highest) / 2 : null;
    }
}
