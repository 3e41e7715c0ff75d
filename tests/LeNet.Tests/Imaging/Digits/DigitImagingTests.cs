using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.TestPictures;
using SkiaSharp;

namespace LeNetServe.Tests.Imaging.Digits;

public sealed class DigitImagingTests
{
    private static readonly ImagePreprocessor Preprocessor = new(
        new() { Input = new(1, 32, 32), Geometry = Geometry.Digit, ContentSize = 28 });

    [Fact]
    public void Process_PhotographedDigits_LookLikeTheSameDigitWritten()
    {
        var written = StrokeDigits.Draw(2_000, seed: 1, stream: 0, CancellationToken.None);
        var photographs = PhotographedDigit.Take(100, seed: 1).ToArray();

        var right = photographs.AsParallel().Count(
            photograph => Nearest(written, Preprocessor.Process(photograph.Encoded)) == photograph.Label);

        Assert.InRange(right, 0.9 * photographs.Length, photographs.Length);
    }

    [Fact]
    public void Process_EitherPolarity_GivesTheSameDigit()
    {
        var (dark, bright) = (Ring(20, 220), Ring(235, 35));

        Assert.Contains((byte)255, Preprocessor.Process(dark));
        Assert.Equal(Preprocessor.Process(dark), Preprocessor.Process(bright));
    }

    [Fact]
    public void Process_LargeDigit_FillsTwentyPixelsAndIsCentered()
    {
        var pixels = Preprocessor.Process(Ring(20, 220));

        var rows = Enumerable.Range(0, 32).Where(row => pixels.AsSpan(row * 32, 32).IndexOfAnyInRange((byte)64, (byte)255) >= 0).ToArray();
        Assert.InRange(rows[^1] - rows[0] + 1, 19, 21);
        Assert.Equal(31, rows[0] + rows[^1]);
        Assert.Equal((0, 0, 255), (pixels[0], pixels[15 * 32 + 15], pixels.Max()));
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(20, 0)]
    [InlineData(200, 6)]
    public void Process_EmptyPage_GivesAnEmptyImage(int level, int noise)
    {
        var random = new Random(1);
        var page = new PngWriter { Width = 90, Height = 70, Pixel = (x, _) => [level + x / 4 + random.Next(-noise, noise + 1)] };

        Assert.All(Preprocessor.Process(page.ToArray()), pixel => Assert.Equal(0, pixel));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 400)]
    [InlineData(400, 1)]
    [InlineData(2, 3)]
    public void Process_TinyOrThinPicture_IsAnImage(int width, int height)
    {
        var encoded = new PngWriter { Width = width, Height = height, Pixel = (x, y) => [(x + y) % 3 * 100] }.ToArray();

        Assert.Equal(1024, Preprocessor.Process(encoded).Length);
    }

    [Fact]
    public void Process_SpecksAroundTheDigit_AreLeftOut()
    {
        var clean = Ring(20, 220);
        var specked = Ring(20, 220, (x, y) => (x, y) is (5, 5) or (190, 8) or (7, 190) or (8, 190));

        Assert.Contains((byte)255, Preprocessor.Process(clean));
        Assert.Equal(Preprocessor.Process(clean), Preprocessor.Process(specked));
    }

    [Fact]
    public void Process_HairlinePen_IsThickenedToReadableLines()
    {
        using var bitmap = new SKBitmap(240, 240, SKColorType.Gray8, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        using var paint = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 1, IsAntialias = true };
        canvas.DrawLine(60, 20, 180, 220, paint);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);

        var pixels = Preprocessor.Process(png.AsSpan());

        Assert.InRange(pixels.Sum(pixel => pixel), 255 * 20, 255 * 80);
    }

    [Fact]
    public void Process_ModelInColor_GetsTheDigitInEachChannel()
    {
        var color = new ImagePreprocessor(Preprocessor.Spec with { Input = new(3, 32, 32) });

        var gray = Preprocessor.Process(Ring(20, 220));

        Assert.Equal([.. gray, .. gray, .. gray], color.Process(Ring(20, 220)));
    }

    private static byte[] Ring(int ink, int paper, Func<int, int, bool>? speck = null) => new PngWriter
    {
        Width = 200,
        Height = 200,
        Pixel = (x, y) => [IsOnRing(x - 90, y - 110) || speck?.Invoke(x, y) == true ? ink : paper],
    }.ToArray();

    private static bool IsOnRing(int x, int y) => Math.Sqrt(x * x + y * y) is > 50 and < 64;

    private static int Nearest(ImageSet written, ReadOnlySpan<byte> pixels)
    {
        var (nearest, least) = (0, long.MaxValue);
        for (var index = 0; index < written.Count; index++)
        {
            var image = written.Image(index);
            long distance = 0;
            for (var place = 0; place < pixels.Length; place++)
                distance += (pixels[place] - image[place]) * (pixels[place] - image[place]);
            if (distance < least)
            {
                nearest = index;
                least = distance;
            }
        }
        return written.Labels[nearest];
    }
}
