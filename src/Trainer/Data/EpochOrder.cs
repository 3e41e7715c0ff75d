using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Data;

/// <summary>The order of the images in an epoch: a function of seed and epoch alone.</summary>
internal static class EpochOrder
{
    /// <summary>Shuffles the numbers for an epoch.</summary>
    public static int[] Of(int[] numbers, int seed, int epoch)
    {
        var order = (int[])numbers.Clone();
        var random = SplitMix64.For(seed, RandomStreams.Order, epoch);
        random.Shuffle<int>(order);
        return order;
    }
}
