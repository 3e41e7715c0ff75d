using LeNetServe.Imaging;

namespace LeNetServe.Tests.Imaging.Digits;

public sealed class PaperSurfaceTests
{
    private const int Height = 48, Width = 64;

    [Fact]
    public void Subtract_ShadedPaperWithInk_LeavesTheInkAlone()
    {
        var pixels = new byte[Height * Width];
        for (var row = 0; row < Height; row++)
            for (var column = 0; column < Width; column++)
                pixels[row * Width + column] = (byte)Math.Round(Paper(row, column) - (IsInk(row, column) ? 80 : 0));

        var residuals = new float[pixels.Length];
        PaperSurface.Fit(pixels, Height, Width).Subtract(pixels, residuals);

        for (var index = 0; index < residuals.Length; index++)
            Assert.Equal(IsInk(index / Width, index % Width) ? -80 : 0, residuals[index], 1.0);
    }

    // A lamp at the upper left, a shadow at the right.
    private static double Paper(double row, double column) =>
        210 - 0.5 * row - 0.3 * column - 0.008 * row * row + 0.004 * row * column - 0.006 * column * column;

    private static bool IsInk(int row, int column) => row is < 8 && column is > 12 and < 50;
}
