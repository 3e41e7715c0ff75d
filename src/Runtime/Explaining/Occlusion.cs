using LeNetServe.Imaging;
using LeNetServe.Specs;

namespace LeNetServe.Runtime.Explaining;

/// <summary>
/// Attribution by occlusion (Zeiler and Fergus, 2013): a patch covers one place of the image after another. The probability that a
/// class loses is the attribution of the place.
/// </summary>
internal static class Occlusion
{
    private const int MostPlaces = 15;
    private const int RunBatch = 64;

    /// <summary>Gets the loss of probability at each pixel, H×W: the mean over the patches that cover it.</summary>
    public static float[] Attribute(ClassifierModel model, byte[] pixels, int target, float probability, Action requireInterest)
    {
        var (channels, height, width) = model.Facts.Input;
        var (tops, lefts, side) = Grid(model.Facts.Input);
        var fill = Fill(model, pixels, channels, height * width);
        var losses = new float[height * width];
        var counts = new int[height * width];
        var patches = (from top in tops from left in lefts select (top, left)).ToArray();
        var copies = new byte[Math.Min(RunBatch, patches.Length) * pixels.Length];
        foreach (var batch in patches.Chunk(RunBatch))
        {
            requireInterest();
            var covered = copies.AsSpan(0, batch.Length * pixels.Length);
            for (var index = 0; index < batch.Length; index++)
            {
                var image = covered.Slice(index * pixels.Length, pixels.Length);
                pixels.CopyTo(image);
                var (top, left) = batch[index];
                for (var channel = 0; channel < channels; channel++)
                    for (var row = top; row < Math.Min(height, top + side); row++)
                        image.Slice((channel * height * width) + (row * width) + left, Math.Min(side, width - left)).Fill(fill[channel]);
            }
            var probabilities = new float[batch.Length * model.Facts.Classes];
            model.Classify(covered, probabilities);
            for (var index = 0; index < batch.Length; index++)
                Add(batch[index], probability - probabilities[(index * model.Facts.Classes) + target]);
        }
        for (var pixel = 0; pixel < losses.Length; pixel++)
            losses[pixel] /= Math.Max(1, counts[pixel]);
        return losses;

        void Add((int Top, int Left) patch, float loss)
        {
            for (var row = patch.Top; row < Math.Min(height, patch.Top + side); row++)
                for (var column = patch.Left; column < Math.Min(width, patch.Left + side); column++)
                {
                    losses[(row * width) + column] += loss;
                    counts[(row * width) + column]++;
                }
        }
    }

    /// <summary>Gets the number of images that an attribution runs.</summary>
    public static int ImagesOf(TensorShape input)
    {
        var (tops, lefts, _) = Grid(input);
        return tops.Length * lefts.Length;
    }

    private static (int[] Tops, int[] Lefts, int Side) Grid(TensorShape input)
    {
        var side = Math.Max(2, Math.Min(input.Height, input.Width) / 6);
        return (Places(input.Height, side), Places(input.Width, side), side);
    }

    /// <summary>Places evenly over a length, the first at its start and the last at its end, that leave no pixel uncovered.</summary>
    private static int[] Places(int length, int side)
    {
        var last = Math.Max(0, length - side);
        var count = Math.Max(2, Math.Min(MostPlaces, (last / Math.Max(1, side / 2)) + 1));
        return [.. Enumerable.Range(0, count).Select(place => place * last / (count - 1)).Distinct()];
    }

    /// <summary>The color of the patch: the background of digits, the mean of each channel otherwise.</summary>
    private static byte[] Fill(ClassifierModel model, byte[] pixels, int channels, int plane)
    {
        var fill = new byte[channels];
        for (var channel = 0; channel < channels; channel++)
            fill[channel] = model.Facts.Imaging.Geometry == Geometry.Digit
                ? model.Facts.Imaging.Background
                : (byte)pixels.Skip(channel * plane).Take(plane).Average(value => value);
        return fill;
    }
}
