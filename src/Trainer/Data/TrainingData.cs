using LeNetServe.Datasets;
using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Data;

/// <summary>The parts of a data set's training images: those that train and those that validate.</summary>
/// <param name="Train">Numbers of the images that train.</param>
/// <param name="Validation">Numbers of the images held out.</param>
internal sealed record TrainingData(int[] Train, int[] Validation)
{
    /// <summary>
    /// Holds out a share of every class. The split is the same for every seed of a run, so that runs compare; it does not depend on the
    /// order of the classes in the data set.
    /// </summary>
    /// <param name="set">The training images.</param>
    /// <param name="validation">Share of each class to hold out.</param>
    /// <param name="balance">Repeat the images of smaller classes until all classes are as large as the largest.</param>
    public static TrainingData Split(ImageSet set, double validation, bool balance = false)
    {
        var held = new bool[set.Count];
        if (validation > 0)
            foreach (var group in Enumerable.Range(0, set.Count).GroupBy(number => set.Labels[number]))
            {
                var numbers = group.ToArray();
                var random = SplitMix64.For(seed: 0, RandomStreams.Split, group.Key);
                random.Shuffle<int>(numbers);
                foreach (var number in numbers.Take((int)Math.Round(numbers.Length * validation)))
                    held[number] = true;
            }
        int[] train = [.. Enumerable.Range(0, set.Count).Where(number => !held[number])];
        return new(
            balance ? Balanced(train.GroupBy(number => set.Labels[number]).Select(group => group.ToArray()).ToList()) : train,
            [.. Enumerable.Range(0, set.Count).Where(number => held[number])]);
    }

    private static int[] Balanced(List<int[]> classes)
    {
        var most = classes.Max(numbers => numbers.Length);
        return [.. classes.SelectMany(numbers => Enumerable.Range(0, most).Select(place => numbers[place % numbers.Length]))];
    }
}
