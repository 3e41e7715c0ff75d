namespace LeNetServe.Imaging;

/// <summary>
/// MNIST's recipe for a photographed or drawn digit. It finds dark or bright ink in any light and scales the ink's box into 20×20, with its
/// aspect ratio kept. The center of mass lies in the middle of 28×28. For a data set of another content size the 20 scales along.
/// </summary>
internal static class DigitImaging
{
    /// <summary>Larger pictures are shrunk to this side first. It averages noise, and a digit of a tenth of the picture survives.</summary>
    private const int WorkingSide = 160;

    /// <summary>MNIST's digits are 20 of 28 pixels.</summary>
    private const double InkShare = 20d / 28d;

    /// <summary>Makes a picture of the digit, bright on 0, centered in height×width. An empty page gives an empty picture.</summary>
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
        if (!InkDetector.TryDetect(working, ink))
            return content;
        PenLines.Thicken(ink, Scale(Box(ink), content));
        var (top, left, bottom, right) = Box(ink);
        var scale = Scale((top, left, bottom, right), content);
        using var box = Crop(ink, top, left, bottom, right);
        using var digit = Resampling.Resize(box, Scaled(box.Height, scale), Scaled(box.Width, scale));
        Stretch(digit.Pixels);
        PlaceByMass(digit, content);
        return content;
    }

    /// <summary>Gets the scale that brings the ink's box into the middle 20 of 28 pixels.</summary>
    private static double Scale((int Top, int Left, int Bottom, int Right) box, in Picture content) =>
        InkShare * Math.Min((double)content.Height / (box.Bottom - box.Top), (double)content.Width / (box.Right - box.Left));

    private static (int Top, int Left, int Bottom, int Right) Box(in Picture ink)
    {
        var (top, left) = (ink.Height, ink.Width);
        var bottom = 0;
        var right = 0;
        for (var row = 0; row < ink.Height; row++)
        {
            var pixels = ink.Row(0, row);
            if (pixels.IndexOfAnyExceptInRange((byte)0, (byte)127) is var first && first < 0)
                continue;
            top = Math.Min(top, row);
            bottom = row + 1;
            left = Math.Min(left, first);
            right = Math.Max(right, pixels.LastIndexOfAnyExceptInRange((byte)0, (byte)127) + 1);
        }
        return (top, left, bottom, right);
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
        var peak = 0;
        foreach (var pixel in pixels)
            peak = Math.Max(peak, pixel);
        for (var index = 0; index < pixels.Length && peak > 0; index++)
            pixels[index] = (byte)(pixels[index] * 255 / peak);
    }

    private static void PlaceByMass(in Picture digit, in Picture content)
    {
        var (top, left) = CenterOfMass.Place(digit, content.Height, content.Width);
        for (var row = 0; row < digit.Height; row++)
            digit.Row(0, row).CopyTo(content.Row(0, top + row)[left..]);
    }

    private static int Scaled(int side, double scale) => Math.Max(1, (int)Math.Round(side * scale));
}
