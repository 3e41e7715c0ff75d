namespace LeNetServe.Imaging;

/// <summary>The width of the pen's lines.</summary>
internal static class PenLines
{
    /// <summary>The least width of a line, in pixels of the 20×20 box. Lines in MNIST are 2 to 3 pixels wide.</summary>
    private const double MinLine = 1.8;

    /// <summary>Grows the ink by a square if its lines are so fine that scaling would fade them.</summary>
    public static void Thicken(in Picture ink, double scale)
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

    /// <summary>Estimates the width: a line of length l and width w has the area l·w and an edge of about 2l.</summary>
    private static double LineWidth(in Picture ink)
    {
        var area = 0;
        var edge = 0;
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
}
