namespace LeNetServe.Imaging;

/// <summary>Where the ink of an image has its middle.</summary>
internal static class CentreOfMass
{
    /// <summary>The whole pixels to the right and down that bring the centre of mass nearest to the middle of a side×side image.</summary>
    public static (int Right, int Down) Shift(ReadOnlySpan<byte> pixels, int side)
    {
        long mass = 0, horizontal = 0, vertical = 0;
        for (var row = 0; row < side; row++)
        {
            long rowMass = 0;
            for (var column = 0; column < side; column++)
            {
                int ink = pixels[row * side + column];
                rowMass += ink;
                horizontal += ink * column;
            }
            mass += rowMass;
            vertical += rowMass * row;
        }
        if (mass == 0)
            return (0, 0);
        var middle = (side - 1) / 2d;
        return ((int)Math.Round(middle - (double)horizontal / mass), (int)Math.Round(middle - (double)vertical / mass));
    }
}
