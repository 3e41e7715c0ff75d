using System.Numerics.Tensors;
using LeNetServe.Datasets;

namespace LeNetServe.Trainer.Recipes;

/// <summary>
/// Finds out whether mirrored or turned pictures still look like their class. A mirrored image of such a class is as near to the class's
/// other images as the image itself; a mirrored digit is farther away. Distances are correlations of gray values.
/// </summary>
internal static class Symmetry
{
    private const int MostOfAClass = 200;
    private const int MostImages = 4000;

    /// <summary>Least number of images of a class for a judgment; with fewer, chance decides.</summary>
    private const int Least = 8;

    /// <summary>Deviations from a half that chance does not explain: the share of images that are farther away when changed.</summary>
    private const double Significance = 3;

    /// <summary>Gets whether mirrored images look like their classes.</summary>
    public static bool OfMirroring(ImageSet set) => Holds(set, (row, column, last) => (row, last - column));

    /// <summary>Gets whether images turned by a quarter and by a half look like their classes.</summary>
    public static bool OfTurning(ImageSet set) =>
        Holds(set, (row, column, last) => (column, last - row)) && Holds(set, (row, column, last) => (last - row, last - column));

    private static bool Holds(ImageSet set, Func<int, int, int, (int Row, int Column)> source)
    {
        var classes = Enumerable.Range(0, set.Count).GroupBy(image => set.Labels[image]).Select(group => group.ToArray()).ToList();
        var most = Math.Min(MostOfAClass, MostImages / classes.Count);
        var shares = classes.Where(images => images.Length >= Least).AsParallel()
            .Select(images => images[..Math.Min(images.Length, most)])
            .Select(images => (Images: images.Length, Farther: Farther(set, images, source))).ToList();
        var all = (Images: shares.Sum(share => share.Images), Farther: shares.Sum(share => share.Farther));
        return shares.Count > 0 && shares.Append(all).All(share => share.Farther <= Bound(share.Images));
    }

    private static double Bound(int images) => images / 2.0 + Significance * Math.Sqrt(images) / 2;

    /// <summary>Counts the images that are farther from the others of their class when changed; equal distances count half.</summary>
    private static double Farther(ImageSet set, int[] images, Func<int, int, int, (int Row, int Column)> source)
    {
        var plain = new float[images.Length][];
        var changed = new float[images.Length][];
        for (var image = 0; image < images.Length; image++)
        {
            plain[image] = Pattern(set, images[image], (row, column, _) => (row, column));
            changed[image] = Pattern(set, images[image], source);
        }
        return Enumerable.Range(0, images.Length).Sum(image => Nearest(changed[image], image).CompareTo(Nearest(plain[image], image)) switch
        {
            < 0 => 1.0,
            0 => 0.5,
            _ => 0.0,
        });

        float Nearest(float[] pattern, int itself) => Enumerable.Range(0, plain.Length).Where(other => other != itself)
            .Max(other => TensorPrimitives.Dot<float>(pattern, plain[other]));
    }

    /// <summary>Makes gray values of mean 0 and length 1.</summary>
    private static float[] Pattern(ImageSet set, int image, Func<int, int, int, (int Row, int Column)> source)
    {
        var side = set.Shape.Width;
        var pixels = set.Image(image);
        var pattern = new float[side * side];
        for (var row = 0; row < side; row++)
            for (var column = 0; column < side; column++)
            {
                var (fromRow, fromColumn) = source(row, column, side - 1);
                for (var channel = 0; channel < set.Shape.Channels; channel++)
                    pattern[row * side + column] += pixels[(channel * side + fromRow) * side + fromColumn];
            }
        TensorPrimitives.Subtract(pattern, TensorPrimitives.Average<float>(pattern), pattern);
        TensorPrimitives.Divide(pattern, Math.Max(1e-6f, TensorPrimitives.Norm<float>(pattern)), pattern);
        return pattern;
    }
}
