namespace LeNetServe.Imaging;

/// <summary>Separates ink from paper.</summary>
internal static class InkDetector
{
    /// <summary>The least distance of ink from the paper, in standard deviations of the paper's noise.</summary>
    private const double NoiseMargin = 4;

    /// <summary>The least contrast of ink, in gray levels. A page with less is empty.</summary>
    private const double MinContrast = 8;

    /// <summary>Fills <paramref name="ink"/> with 0 on paper, 255 on full ink and a ramp at the edges.</summary>
    public static bool TryDetect(in Picture working, in Picture ink)
    {
        var residuals = new float[working.Pixels.Length];
        PaperSurface.Fit(working.Pixels, working.Height, working.Width).Subtract(working.Pixels, residuals);
        if (Polarity.IsDarkOnLight(residuals))
            for (var index = 0; index < residuals.Length; index++)
                residuals[index] = -residuals[index];
        var noise = PaperSurface.Noise(residuals);
        var threshold = Math.Max(Otsu.Threshold(residuals), NoiseMargin * noise);
        var mask = Array.ConvertAll(residuals, residual => residual > threshold);
        if (threshold < MinContrast || !mask.Contains(true))
            return false;
        InkComponents.RemoveSpecks(mask, working.Height, working.Width);

        var full = MeanInk(residuals, mask);
        var start = Math.Max(threshold / 2, NoiseMargin / 2 * noise);
        ink.Pixels.Clear();
        for (var row = 0; row < ink.Height; row++)
            for (var column = 0; column < ink.Width; column++)
                if (mask[row * ink.Width + column])
                    Develop(residuals, ink, row, column, start, full);
        return true;
    }

    private static double MeanInk(ReadOnlySpan<float> residuals, ReadOnlySpan<bool> mask)
    {
        var sum = 0d;
        var count = 0;
        for (var index = 0; index < mask.Length; index++)
            if (mask[index])
            {
                sum += residuals[index];
                count++;
            }
        return sum / count;
    }

    /// <summary>Sets the ink of a pixel and of its neighbors, which are the soft edge of the line.</summary>
    private static void Develop(ReadOnlySpan<float> residuals, in Picture ink, int row, int column, double start, double full)
    {
        for (var nearRow = Math.Max(0, row - 1); nearRow <= Math.Min(ink.Height - 1, row + 1); nearRow++)
        {
            var pixels = ink.Row(0, nearRow);
            for (var nearColumn = Math.Max(0, column - 1); nearColumn <= Math.Min(ink.Width - 1, column + 1); nearColumn++)
            {
                var residual = residuals[nearRow * ink.Width + nearColumn];
                pixels[nearColumn] = (byte)Math.Clamp(255 * (residual - start) / Math.Max(1, full - start), 0, 255);
            }
        }
    }
}
