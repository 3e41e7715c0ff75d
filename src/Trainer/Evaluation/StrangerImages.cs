using System.Numerics;
using System.Runtime.CompilerServices;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Makes images that belong to none of the classes, of training images and of random strokes.</summary>
/// <param name="images">The training images.</param>
/// <param name="numbers">Numbers of the images that may be used.</param>
/// <param name="imaging">The way from a picture to an image.</param>
internal sealed class StrangerImages(ImageSet images, int[] numbers, ImagingSpec imaging)
{
    private const byte Dark = 0, Bright = 255;
    private const int SamplesPerPixel = 3;

    // MNIST's digits are 20 of 28 pixels.
    private readonly float inkSide = imaging.Geometry == Geometry.Digit ? imaging.ContentSize * 20f / 28 : images.Shape.Width;
    private readonly bool isDigit = imaging.Geometry == Geometry.Digit && images.Shape.Channels == 1;
    private readonly int height = images.Shape.Height;
    private readonly int width = images.Shape.Width;

    // The place of each pixel, in whole vectors.
    private readonly float[] columns = Places(images.Shape, index => index % images.Shape.Width);
    private readonly float[] rows = Places(images.Shape, index => index / images.Shape.Width);

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

    private static float[] Places(TensorShape shape, Func<int, float> place)
    {
        var area = (shape.Height * shape.Width + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        return [.. Enumerable.Range(0, area).Select(place)];
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
        var first = Any(ref random);
        var firstDown = random.Next(2) * down;
        var second = Any(ref random);
        var secondDown = random.Next(2) * down;
        var scale = (inkSide + right) / inkSide;
        var fromColumns = Samples(width, scale, width + right);
        var fromRows = Samples(height, scale, height + down);
        var sheet = new byte[(height + down) * (width + right)];
        for (var from = 0; from < target.Length; from += height * width)
        {
            Array.Clear(sheet);
            Copy(first[from..], sheet, width + right, firstDown * (width + right));
            Copy(second[from..], sheet, width + right, secondDown * (width + right) + right);
            Shrink(sheet, width + right, fromRows, fromColumns, target[from..]);
        }
        if (isDigit)
            Center(target);
    }

    private void Copy(ReadOnlySpan<byte> image, byte[] sheet, int stride, int corner)
    {
        for (var row = 0; row < height; row++)
        {
            var from = image.Slice(row * width, width);
            var to = sheet.AsSpan(corner + row * stride, width);
            for (var column = 0; column < to.Length; column++)
                to[column] = Math.Max(to[column], from[column]);
        }
    }

    /// <summary>Gets the source positions whose mean is a pixel, for each pixel of a side; −1 for a position outside.</summary>
    private static int[] Samples(int side, float scale, int source)
    {
        var places = new int[side * SamplesPerPixel];
        for (var sample = 0; sample < places.Length; sample++)
        {
            var place = ((sample + 0.5f) / SamplesPerPixel - side / 2f) * scale + source / 2f;
            places[sample] = place >= 0 && place < source ? (int)place : -1;
        }
        return places;
    }

    private void Shrink(byte[] sheet, int stride, int[] fromRows, int[] fromColumns, Span<byte> target)
    {
        var sums = new int[width];
        for (var row = 0; row < height; row++)
        {
            Array.Clear(sums);
            foreach (var from in fromRows.AsSpan(row * SamplesPerPixel, SamplesPerPixel))
                for (var sample = 0; from >= 0 && sample < fromColumns.Length; sample++)
                    if (fromColumns[sample] >= 0)
                        sums[sample / SamplesPerPixel] += sheet[from * stride + fromColumns[sample]];
            for (var column = 0; column < width; column++)
                target[row * width + column] = (byte)(sums[column] / (SamplesPerPixel * SamplesPerPixel));
        }
    }

    /// <summary>
    /// Draws two to five lines and arcs between nine points, as in the signs that people write, with a pen as for digits.
    /// </summary>
    private void Strokes(ref SplitMix64 random, Span<byte> target)
    {
        var form = Matrix3x2.CreateScale(random.Uniform(0.5f, 1), 1) * new Matrix3x2(1, 0, random.Normal(0.15f), 1, 0, 0)
            * Matrix3x2.CreateRotation(random.Normal(0.12f));
        Span<Vector2> points = stackalloc Vector2[9];
        for (var point = 0; point < points.Length; point++)
        {
            var place = new Vector2(point % 3, point / 3) / 2 + new Vector2(random.Normal(0.05f), random.Normal(0.05f));
            points[point] = Vector2.Transform(place, form);
        }
        var lines = new List<(Vector2 From, Vector2 To)>();
        var end = random.Next(points.Length);
        for (var stroke = 1 + random.Next(4); stroke >= 0; stroke--)
        {
            var begin = random.Next(3) == 0 ? random.Next(points.Length) : end;
            end = (begin + 1 + random.Next(points.Length - 1)) % points.Length;
            if (random.Next(4) == 0)
                Arc(lines, points[begin], points[end], random.Uniform(-0.8f, 0.8f));
            else
                lines.Add((points[begin], points[end]));
        }
        DrawLines(lines, random.Uniform(0.05f, 0.15f) * inkSide, target);
    }

    private static void Arc(List<(Vector2 From, Vector2 To)> lines, Vector2 begin, Vector2 end, float bend)
    {
        const int pieces = 6;
        var aside = new Vector2(begin.Y - end.Y, end.X - begin.X) * bend;
        var last = begin;
        for (var piece = 1; piece <= pieces; piece++)
        {
            var share = (float)piece / pieces;
            var next = Vector2.Lerp(begin, end, share) + aside * (2 * share * (1 - share));
            lines.Add((last, next));
            last = next;
        }
    }

    /// <summary>Draws lines with a round pen, as large as the ink of an image.</summary>
    private void DrawLines(List<(Vector2 From, Vector2 To)> lines, float thickness, Span<byte> target)
    {
        var low = lines[0].From;
        var high = low;
        foreach (var (from, to) in lines)
        {
            low = Vector2.Min(low, Vector2.Min(from, to));
            high = Vector2.Max(high, Vector2.Max(from, to));
        }
        var scale = (inkSide - thickness) / Math.Max(high.X - low.X, high.Y - low.Y);
        var corner = new Vector2(width - 1, height - 1) / 2 - (low + high) / 2 * scale;
        var distances = new float[columns.Length];
        Array.Fill(distances, float.MaxValue);
        foreach (var (from, to) in lines)
            Approach(distances, from * scale + corner, (to - from) * scale);
        for (var index = 0; index < target.Length; index++)
            target[index] = (byte)(Bright * Math.Clamp((thickness + 1) / 2 - MathF.Sqrt(distances[index % (height * width)]), 0, 1));
        if (isDigit)
            Center(target);
    }

    /// <summary>Lowers the squared distances of the pixels to those from a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Approach(float[] distances, Vector2 from, Vector2 way)
    {
        var factor = way / way.LengthSquared();
        for (var at = 0; at < distances.Length; at += Vector<float>.Count)
        {
            var x = new Vector<float>(columns, at) - new Vector<float>(from.X);
            var y = new Vector<float>(rows, at) - new Vector<float>(from.Y);
            var along = Vector.Min(Vector.Max(x * factor.X + y * factor.Y, Vector<float>.Zero), Vector<float>.One);
            (x, y) = (x - along * way.X, y - along * way.Y);
            Vector.Min(new Vector<float>(distances, at), x * x + y * y).CopyTo(distances, at);
        }
    }

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

    /// <summary>Moves the center of mass into the middle, as MNIST's recipe does.</summary>
    private void Center(Span<byte> image)
    {
        int mass = 0, down = 0, right = 0;
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
            {
                int value = image[row * width + column];
                mass += value;
                down += value * row;
                right += value * column;
            }
        if (mass == 0)
            return;
        var rows = (int)MathF.Round((float)down / mass - (height - 1) / 2f);
        var columns = (int)MathF.Round((float)right / mass - (width - 1) / 2f);
        var from = image.ToArray();
        image.Clear();
        for (var row = Math.Max(0, rows); row < height + Math.Min(0, rows); row++)
            from.AsSpan(row * width + Math.Max(0, columns), width - Math.Abs(columns))
                .CopyTo(image[((row - rows) * width + Math.Max(0, -columns))..]);
    }
}
