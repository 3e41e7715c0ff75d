using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;
using SkiaSharp;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Makes images that belong to none of the classes, of training images and of random strokes.</summary>
/// <param name="images">The training images.</param>
/// <param name="numbers">Numbers of the images that may be used.</param>
/// <param name="imaging">The way from a picture to an image.</param>
internal sealed class StrangerImages(ImageSet images, int[] numbers, ImagingSpec imaging)
{
    private const byte Dark = 0, Bright = 255;

    // MNIST's digits are 20 of 28 pixels.
    private readonly float inkSide = imaging.Geometry == Geometry.Digit ? imaging.ContentSize * 20f / 28 : images.Shape.Width;
    private readonly bool isDigit = imaging.Geometry == Geometry.Digit && images.Shape.Channels == 1;
    private readonly int height = images.Shape.Height;
    private readonly int width = images.Shape.Width;

    /// <summary>Makes images; the same for the same count.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="threads">Threads to compute with.</param>
    public ImageSet Draw(int count, SliceThreads threads)
    {
        var size = images.Shape.Count;
        var pixels = new byte[count * size];
        threads.Run(count, image => Draw(image, pixels.AsSpan(image * size, size)));
        return new(images.Shape, pixels, new int[count]);
    }

    private void Draw(int number, Span<byte> target)
    {
        var random = SplitMix64.For(seed: 0, RandomStreams.Strangers, number);
        switch (number % 16)
        {
            case < 4:
                Pair(ref random, target);
                break;
            case < 13:
                Strokes(ref random, target);
                break;
            case < 15:
                Invert(ref random, target);
                break;
            default:
                Noise(ref random, target);
                break;
        }
    }

    private ReadOnlySpan<byte> Any(ref SplitMix64 random) => images.Image(numbers[random.Next(numbers.Length)]);

    /// <summary>Puts two images side by side, closer or farther, and shrinks them to the size of one.</summary>
    private void Pair(ref SplitMix64 random, Span<byte> target)
    {
        var right = width / 4 + random.Next(width * 3 / 4);
        var down = random.Next(height / 4);
        using var sheet = NewSheet(width + right, height + down);
        Copy(Any(ref random), sheet, 0, random.Next(2) * down);
        Copy(Any(ref random), sheet, right, random.Next(2) * down);
        using var result = NewSheet(width, height);
        using var canvas = new SKCanvas(result);
        var scale = inkSide / (inkSide + right);
        canvas.Translate(width / 2f, height / 2f);
        canvas.Scale(scale);
        canvas.Translate(-sheet.Width / 2f, -sheet.Height / 2f);
        using var image = SKImage.FromBitmap(sheet);
        canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        Read(canvas, result, target);
    }

    private void Copy(ReadOnlySpan<byte> image, SKBitmap sheet, int left, int top)
    {
        var area = height * width;
        var pixels = sheet.GetPixelSpan();
        for (var index = 0; index < area; index++)
            for (var channel = 0; channel < 3; channel++)
            {
                ref var pixel = ref pixels[(top + index / width) * sheet.RowBytes + (left + index % width) * 4 + channel];
                pixel = Math.Max(pixel, image[Math.Min(channel, images.Shape.Channels - 1) * area + index]);
            }
    }

    /// <summary>
    /// Draws one to four strokes of lines and curves. Many of the lines are level or upright, as in signs that people write.
    /// </summary>
    private void Strokes(ref SplitMix64 random, Span<byte> target)
    {
        using var builder = new SKPathBuilder();
        for (var stroke = random.Next(4); stroke >= 0; stroke--)
            Stroke(builder, ref random);
        using var path = builder.Detach();
        using var result = NewSheet(width, height);
        using var canvas = new SKCanvas(result);
        var thickness = random.Uniform(0.07f, 0.3f) * inkSide;
        var bounds = path.TightBounds;
        canvas.Translate(width / 2f, height / 2f);
        canvas.Scale((inkSide - thickness) / Math.Max(bounds.Width, bounds.Height));
        canvas.Translate(-bounds.MidX, -bounds.MidY);
        using var pen = new SKPaint
        {
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
            Color = SKColors.White,
            StrokeWidth = thickness * Math.Max(bounds.Width, bounds.Height) / (inkSide - thickness),
        };
        canvas.DrawPath(path, pen);
        Read(canvas, result, target);
    }

    private static void Stroke(SKPathBuilder builder, ref SplitMix64 random)
    {
        var end = Point(ref random);
        builder.MoveTo(end);
        for (var line = random.Next(3); line >= 0; line--)
        {
            var from = end;
            end = Point(ref random);
            var kind = random.Next(6);
            if (kind == 0)
                builder.QuadTo(Point(ref random), end);
            else
                builder.LineTo(end = kind < 3 ? end : kind < 5 ? new(from.X, end.Y) : new(end.X, from.Y));
        }
    }

    private static SKPoint Point(ref SplitMix64 random) => new(random.Uniform(0, 1), random.Uniform(0, 1));

    private void Invert(ref SplitMix64 random, Span<byte> target)
    {
        var image = Any(ref random);
        for (var index = 0; index < target.Length; index++)
            target[index] = (byte)(Bright - image[index]);
    }

    /// <summary>Draws noise of blocks of pixels around a level. Blocks of the whole image are an even sheet.</summary>
    private void Noise(ref SplitMix64 random, Span<byte> target)
    {
        var block = 1 << random.Next(7);
        var level = random.Uniform(Dark, Bright);
        var deviation = random.Uniform(10, 120);
        var blocks = (width + block - 1) / block;
        var values = new float[target.Length / width * blocks];
        foreach (ref var value in values.AsSpan())
            value = level + random.Normal(deviation);
        for (var index = 0; index < target.Length; index++)
            target[index] = (byte)Math.Clamp(values[index / width / block * blocks + index % width / block], Dark, Bright);
    }

    private static SKBitmap NewSheet(int width, int height)
    {
        var sheet = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        sheet.Erase(SKColors.Black);
        return sheet;
    }

    private void Read(SKCanvas canvas, SKBitmap sheet, Span<byte> target)
    {
        canvas.Flush();
        var pixels = sheet.GetPixelSpan();
        for (var index = 0; index < target.Length; index++)
        {
            var place = index % (height * width);
            target[index] = pixels[place / width * sheet.RowBytes + place % width * 4 + index / (height * width)];
        }
        if (isDigit)
            Center(target);
    }

    /// <summary>Moves the center of mass into the middle, as MNIST's recipe does.</summary>
    private void Center(Span<byte> image)
    {
        float mass = 0, down = 0, right = 0;
        for (var index = 0; index < image.Length; index++)
        {
            mass += image[index];
            down += image[index] * (index / width % height);
            right += image[index] * (index % width);
        }
        if (mass == 0)
            return;
        var from = image.ToArray();
        var rows = (int)MathF.Round(down / mass - (height - 1) / 2f);
        var columns = (int)MathF.Round(right / mass - (width - 1) / 2f);
        for (var index = 0; index < image.Length; index++)
        {
            var row = index / width + rows;
            var column = index % width + columns;
            image[index] = row >= 0 && row < height && column >= 0 && column < width ? from[row * width + column] : Dark;
        }
    }
}
