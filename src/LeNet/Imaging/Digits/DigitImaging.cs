namespace LeNetServe.Imaging;

/// <summary>
/// MNIST's recipe for a photographed or drawn digit: find the ink whatever its polarity and the light, scale its box into 20×20 with its aspect
/// ratio kept, lay its centre of mass into the middle of 28×28. For a data set of another content size the 20 scales along.
/// </summary>
internal static class DigitImaging
{
    /// <summary>Larger pictures are shrunk to this side first: enough for a digit that is a tenth of the picture, and it averages noise.</summary>
    private const int WorkingSide = 160;

    /// <summary>MNIST's digits are 20 of 28 pixels.</summary>
    private const double InkShare = 20d / 28d;

    /// <summary>Ink is at least so many standard deviations of the paper's noise away from the paper.</summary>
    private const double NoiseMargin = 4;

    /// <summary>Less contrast, in gray levels, is an empty page.</summary>
    private const double MinContrast = 8;

    /// <summary>Pen lines thinner than this, in pixels of the 20×20 box, are thickened to it: MNIST's are 2 to 3.</summary>
    private const double MinLine = 1.8;

    /// <summary>The digit, bright on 0, centred in height×width; an empty page gives an empty picture.</summary>
    public static Picture Extract(in Picture source, int height, int width)
    {
        if (Math.Max(source.Height, source.Width) <= WorkingSide)
            return ExtractWorking(source, height, width);
        var shrink = (double)WorkingSide / Math.Max(source.Height, source.Width);
        using var working = Resampling.Resize(source, Scaled(source.Height, shrink), Scaled(source.Width, shrink));
        return ExtractWorking(working, height, width);
    }

    private static Picture ExtractWorking(in Picture working, int height, int width)
    {
        using var ink = new Picture(1, working.Height, working.Width);
        var content = new Picture(1, height, width);
        content.Pixels.Clear();
        if (!FindInk(working, ink))
            return content;
        var (top, left, bottom, right) = Box(ink);
        var scale = InkShare * Math.Min((double)height / (bottom - top), (double)width / (right - left));
        ThickenLines(ink, scale);
        (top, left, bottom, right) = Box(ink);
        scale = InkShare * Math.Min((double)height / (bottom - top), (double)width / (right - left));
        using var box = Crop(ink, top, left, bottom, right);
        using var digit = Resampling.Resize(box, Scaled(box.Height, scale), Scaled(box.Width, scale));
        Stretch(digit.Pixels);
        PlaceByMass(digit, content);
        return content;
    }

    /// <summary>Fills <paramref name="ink"/> with 0 on paper, 255 on full ink and a ramp at the edges.</summary>
    private static bool FindInk(in Picture working, in Picture ink)
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
        var (sum, count) = (0d, 0);
        for (var index = 0; index < mask.Length; index++)
            if (mask[index])
                (sum, count) = (sum + residuals[index], count + 1);
        return sum / count;
    }

    /// <summary>Sets the ink of a pixel and its neighbours, which are the soft edge of the line.</summary>
    private static void Develop(ReadOnlySpan<float> residuals, in Picture ink, int row, int column, double start, double full)
    {
        for (var nearRow = Math.Max(0, row - 1); nearRow <= Math.Min(ink.Height - 1, row + 1); nearRow++)
        {
            var pixels = ink.Row(0, nearRow);
            for (var nearColumn = Math.Max(0, column - 1); nearColumn <= Math.Min(ink.Width - 1, column + 1); nearColumn++)
                pixels[nearColumn] = (byte)Math.Clamp(255 * (residuals[nearRow * ink.Width + nearColumn] - start) / Math.Max(1, full - start), 0, 255);
        }
    }

    private static (int Top, int Left, int Bottom, int Right) Box(in Picture ink)
    {
        var (top, left, bottom, right) = (ink.Height, ink.Width, 0, 0);
        for (var row = 0; row < ink.Height; row++)
        {
            var pixels = ink.Row(0, row);
            if (pixels.IndexOfAnyExceptInRange((byte)0, (byte)127) is var first && first < 0)
                continue;
            (top, bottom) = (Math.Min(top, row), row + 1);
            (left, right) = (Math.Min(left, first), Math.Max(right, pixels.LastIndexOfAnyExceptInRange((byte)0, (byte)127) + 1));
        }
        return (top, left, bottom, right);
    }

    /// <summary>Grows the ink by a square where the pen was so fine that scaling would leave a shadow of it.</summary>
    private static void ThickenLines(in Picture ink, double scale)
    {
        var missing = MinLine / scale - LineWidth(ink);
        var radius = (int)Math.Round(missing / 2);
        if (radius < 1)
            return;
        using var grown = new Picture(1, ink.Height, ink.Width);
        for (var row = 0; row < ink.Height; row++)
        {
            var thin = ink.Row(0, row);
            var wide = grown.Row(0, row);
            for (var column = 0; column < wide.Length; column++)
                wide[column] = Largest(thin[Math.Max(0, column - radius)..Math.Min(thin.Length, column + radius + 1)]);
        }
        for (var row = 0; row < ink.Height; row++)
        {
            var target = ink.Row(0, row);
            target.Clear();
            for (var near = Math.Max(0, row - radius); near <= Math.Min(ink.Height - 1, row + radius); near++)
            {
                var wide = grown.Row(0, near);
                for (var column = 0; column < target.Length; column++)
                    target[column] = Math.Max(target[column], wide[column]);
            }
        }
    }

    /// <summary>A line of length l and width w has the area l·w and an edge of about 2l.</summary>
    private static double LineWidth(in Picture ink)
    {
        var (area, edge) = (0, 0);
        for (var row = 0; row < ink.Height; row++)
            for (var column = 0; column < ink.Width; column++)
            {
                if (!Inked(ink, row, column))
                    continue;
                area++;
                edge += (Inked(ink, row, column - 1) ? 0 : 1) + (Inked(ink, row, column + 1) ? 0 : 1)
                    + (Inked(ink, row - 1, column) ? 0 : 1) + (Inked(ink, row + 1, column) ? 0 : 1);
            }
        // The edge of a slanting line, counted in pixel sides, is up to √2 times too long, 4/π on average over all directions.
        return 2d * area / Math.Max(1, edge * Math.PI / 4);
    }

    private static bool Inked(in Picture ink, int row, int column) =>
        row >= 0 && row < ink.Height && column >= 0 && column < ink.Width && ink.Row(0, row)[column] > 127;

    private static byte Largest(ReadOnlySpan<byte> values)
    {
        byte largest = 0;
        foreach (var value in values)
            largest = Math.Max(largest, value);
        return largest;
    }

    private static Picture Crop(in Picture source, int top, int left, int bottom, int right)
    {
        var crop = new Picture(1, bottom - top, right - left);
        for (var row = 0; row < crop.Height; row++)
            source.Row(0, top + row)[left..right].CopyTo(crop.Row(0, row));
        return crop;
    }

    /// <summary>Brings the brightest ink to 255.</summary>
    private static void Stretch(Span<byte> pixels)
    {
        int peak = Largest(pixels);
        for (var index = 0; index < pixels.Length && peak > 0; index++)
            pixels[index] = (byte)(pixels[index] * 255 / peak);
    }

    private static void PlaceByMass(in Picture digit, in Picture content)
    {
        var (top, left) = CentreOfMass.Place(digit, content.Height, content.Width);
        for (var row = 0; row < digit.Height; row++)
            digit.Row(0, row).CopyTo(content.Row(0, top + row)[left..]);
    }

    private static int Scaled(int side, double scale) => Math.Max(1, (int)Math.Round(side * scale));
}
