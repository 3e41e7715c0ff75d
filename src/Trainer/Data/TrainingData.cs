using LeNetServe.Datasets;
using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Data;

/// <summary>The parts of a data set's training images: those that train, those that validate, and those that calibrate.</summary>
/// <param name="Train">Numbers of the images that train.</param>
/// <param name="Validation">Numbers of the images held out to choose the best epoch.</param>
/// <param name="Calibration">Numbers of the images held out to calibrate: those that validate, if any.</param>
internal sealed record TrainingData(int[] Train, int[] Validation, int[] Calibration)
{
    /// <summary>The smallest number of images that calibrate. Fewer say little and are worth more in training.</summary>
    public const int FewestToCalibrate = 100;

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
        if (validation == 0 && held.Count(isHeld => isHeld) < FewestToCalibrate)
            Array.Clear(held);
        int[] train = [.. Enumerable.Range(0, set.Count).Where(number => !held[number])];
        int[] others = [.. Enumerable.Range(0, set.Count).Where(number => held[number])];
        return new(
            balance ? Balanced(train.GroupBy(number => set.Labels[number]).Select(group => group.ToArray()).ToList()) : train,
            validation > 0 ? others : [],
            others.Length < FewestToCalibrate ? [] : others);
    }

    private static bool[] HoldOut(ImageSet set, double share)
    {
        var held = new bool[set.Count];
        if (share > 0)
            foreach (var group in Enumerable.Range(0, set.Count).GroupBy(number => set.Labels[number]))
            {
                var numbers = group.ToArray();
                var random = SplitMix64.For(seed: 0, RandomStreams.Split, group.Key);
                random.Shuffle<int>(numbers);
                foreach (var number in numbers.Take((int)Math.Round(numbers.Length * share)))
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
