using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Evaluation;

namespace LeNetServe.Trainer.Tests.Evaluation;

public sealed class NoveltyFitTests
{
    private const int Features = 4;

    [Fact]
    public void Of_StrangersAroundTheKnown_TellsThemApart()
    {
        // Strangers lie on both sides of the known, so that a linear score cannot tell them.
        var known = Draw(2000, seed: 1, (feature, random) => feature == 2 ? 0 : random.Normal(1));
        var strange = Draw(2000, seed: 2, (feature, random) => feature == 0 ? 4 * (random.Next(2) * 2 - 1) : random.Normal(1));

        using var one = new SliceThreads(1);
        using var two = new SliceThreads(2);

        var model = NoveltyFit.Of(known, strange, Features, one);

        Assert.True(Scores(known).Average() < -2);
        Assert.True(Scores(strange).Average() > 2);
        // Equal features give an equal score, bit by bit, with any number of threads.
        Assert.Equal(model.Weight, NoveltyFit.Of(known, strange, Features, two).Weight);

        IEnumerable<float> Scores(float[] values) => values.Chunk(Features).Select(image => model.Score(image));
    }

    private static float[] Draw(int images, int seed, Func<int, SplitMix64, float> value) =>
    [
        .. from image in Enumerable.Range(0, images)
           from feature in Enumerable.Range(0, Features)
           select value(feature, SplitMix64.For(seed, feature, image)),
    ];
}
