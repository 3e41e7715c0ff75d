using CsCheck;
using LeNetServe.Imaging;

namespace LeNetServe.Tests.Imaging;

public sealed class ResamplingTests
{
    private static readonly Gen<(int Height, int Width, int ToHeight, int ToWidth)> Sizes =
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int[1, 40], Gen.Int[1, 40]);

    [Fact]
    public void Resize_OneColor_StaysThatColor() => Gen.Select(Sizes, Gen.Byte).Sample((size, level) =>
    {
        var pixels = Resize(size, (_, _) => level);
        return pixels.All(pixel => pixel == level);
    });

    [Fact]
    public void Resize_AnyPicture_StaysWithinItsRange() => Gen.Select(Sizes, Gen.Int[0, 1000]).Sample((size, seed) =>
    {
        var random = new Random(seed);
        var source = new byte[size.Height * size.Width];
        random.NextBytes(source);
        var pixels = Resize(size, (row, column) => source[row * size.Width + column]);
        Assert.InRange(pixels.Min(), source.Min(), source.Max());
        Assert.InRange(pixels.Max(), source.Min(), source.Max());
    });

    [Theory]
    [InlineData(64)]
    [InlineData(320)]
    public void Resize_FineStripes_BecomeGrayInsteadOfAliasing(int side)
    {
        var pixels = Resize((side, side, 32, 32), (row, column) => (byte)((row + column) % 2 * 255));

        Assert.All(pixels, pixel => Assert.InRange(pixel, 120, 136));
    }

    [Fact]
    public void Resize_Slope_StaysASlope()
    {
        var pixels = Resize((256, 256, 32, 32), (_, column) => (byte)column);

        for (var column = 1; column < 31; column++)
            Assert.InRange(pixels[column], 8 * column + 3, 8 * column + 4);
    }

    [Fact]
    public void Resize_SameSize_ChangesNothing()
    {
        var pixels = Resize((20, 30, 20, 30), (row, column) => (byte)(row * 7 + column * 5));

        Assert.Equal(Enumerable.Range(0, 600).Select(place => (byte)(place / 30 * 7 + place % 30 * 5)), pixels);
    }

    private static byte[] Resize((int Height, int Width, int ToHeight, int ToWidth) size, Func<int, int, byte> level)
    {
        using var source = new Picture(1, size.Height, size.Width);
        for (var row = 0; row < size.Height; row++)
            for (var column = 0; column < size.Width; column++)
                source.Row(0, row)[column] = level(row, column);
        using var target = Resampling.Resize(source, size.ToHeight, size.ToWidth);
        return target.Pixels.ToArray();
    }
}
