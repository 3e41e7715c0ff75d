using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Data;

/// <summary>The parts of a data set's training images: those that train, those that validate, and those that calibrate.</summary>
/// <param name="Train">Numbers of the images that train.</param>
/// <param name="Validation">Numbers of the images held out to choose the best epoch.</param>
/// <param name="Calibration">
/// Numbers of the images held out to calibrate: those that validate, if any. Empty if they are too few: they say little then, and they are
/// worth more in training.
/// </param>
/// <param name="Share">Number of the images that the share takes, too few to calibrate or not.</param>
internal sealed record TrainingData(int[] Train, int[] Validation, int[] Calibration, int Share)
{
    /// <summary>
    /// Holds out a share of every class. The split is the same for every seed of a run, so that runs compare; it does not depend on the
    /// order of the classes in the data set.
    /// </summary>
    /// <param name="set">The training images.</param>
    /// <param name="validation">Share of each class to hold out.</param>
    /// <param name="calibration">Share of each class to hold out for calibration if none validates.</param>
    /// <param name="balance">Repeat the images of smaller classes until all classes are as large as the largest.</param>
    public static TrainingData Split(ImageSet set, double validation, double calibration = 0, bool balance = false)
    {
        var held = HoldOut(set, validation > 0 ? validation : calibration);
        var share = held.Count(isHeld => isHeld);
        if (validation == 0 && share < HeldOutImages.Fewest)
            Array.Clear(held);
        int[] train = [.. Enumerable.Range(0, set.Count).Where(number => !held[number])];
        int[] others = [.. Enumerable.Range(0, set.Count).Where(number => held[number])];
        return new(
            balance ? Balanced(train.GroupBy(number => set.Labels[number]).Select(group => group.ToArray()).ToList()) : train,
            validation > 0 ? others : [],
            others.Length < HeldOutImages.Fewest ? [] : others,
            share);
    }

    /// <summary>Gets the number of images that a share takes of a class.</summary>
    public static int Taken(int images, double share) => (int)Math.Round(images * share);

    private static bool[] HoldOut(ImageSet set, double share)
    {
        var held = new bool[set.Count];
        if (share > 0)
            foreach (var group in Enumerable.Range(0, set.Count).GroupBy(number => set.Labels[number]))
            {
                var numbers = group.ToArray();
                var random = SplitMix64.For(seed: 0, RandomStreams.Split, group.Key);
                random.Shuffle<int>(numbers);
                foreach (var number in numbers.Take(Taken(numbers.Length, share)))
                    held[number] = true;
            }
        return held;
    }

    private static int[] Balanced(List<int[]> classes)
    {
        var most = classes.Max(numbers => numbers.Length);
        return [.. classes.SelectMany(numbers => Enumerable.Range(0, most).Select(place => numbers[place % numbers.Length]))];
    }
}
