namespace LeNetServe.Imaging;

/// <summary>The middle of an image's ink.</summary>
internal static class CenterOfMass
{
    /// <summary>Gets the place inside height×width that brings a gray picture's center of mass nearest to the middle.</summary>
    public static (int Top, int Left) Place(in Picture ink, int height, int width)
    {
        long mass = 0, horizontal = 0, vertical = 0;
        for (var row = 0; row < ink.Height; row++)
        {
            var pixels = ink.Row(0, row);
            for (var column = 0; column < pixels.Length; column++)
            {
                mass += pixels[column];
                horizontal += pixels[column] * column;
                vertical += pixels[column] * row;
            }
        }
        var (centerRow, centerColumn) = mass == 0
            ? ((ink.Height - 1) / 2d, (ink.Width - 1) / 2d)
            : ((double)vertical / mass, (double)horizontal / mass);
        return (
            Math.Clamp((int)Math.Round((height - 1) / 2d - centerRow), 0, height - ink.Height),
            Math.Clamp((int)Math.Round((width - 1) / 2d - centerColumn), 0, width - ink.Width));
    }
}
