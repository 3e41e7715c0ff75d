using LeNetServe.Runtime.Predictions;

namespace LeNetServe.Runtime.Tests.Predictions;

public sealed class TopKTests
{
    [Fact]
    public void Select_Ties_KeepsTheOrderOfTheClasses()
    {
        var best = new Prediction[4];

        TopK.Select([0.2f, 0.3f, 0.2f, 0.3f, 0f], best);

        Assert.Equal([new(1, 0.3f), new(3, 0.3f), new(0, 0.2f), new(2, 0.2f)], best);
    }

    [Fact]
    public void Select_OddValues_SortsThemWithNaNLast()
    {
        float[] values = [float.NaN, -1f, float.PositiveInfinity, -0f, 0f, float.NegativeInfinity, 2f];
        var best = new Prediction[values.Length];

        TopK.Select(values, best);

        Assert.Equal([2, 6, 3, 4, 1, 5, 0], best.Select(prediction => prediction.Index));
    }

    [Theory]
    [InlineData(new[] { 0.2f, 0.7f, 0.7f, 0.7f }, 1)]
    [InlineData(new[] { 0.7f, 0.7f }, 0)]
    [InlineData(new[] { float.NaN, -1f, -1f }, 1)]
    [InlineData(new[] { float.NaN, float.NaN }, 0)]
    public void ArgMax_EqualValues_GivesTheFirst(float[] values, int expected)
    {
        var single = new Prediction[1];
        TopK.Select(values, single);

        Assert.Equal(expected, TopK.ArgMax(values));
        Assert.Equal(expected, single[0].Index);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(10, 5)]
    [InlineData(1000, 1000)]
    public void Select_RandomValues_AgreesWithStableSorting(int classes, int k)
    {
        var random = new Random(7);
        float[] values = [.. Enumerable.Range(0, classes).Select(_ => MathF.Round(random.NextSingle() * 20) - 10)];
        var best = new Prediction[k];

        TopK.Select(values, best);

        Assert.Equal(
            Enumerable.Range(0, classes).OrderByDescending(index => values[index]).Take(k), best.Select(prediction => prediction.Index));
    }

    [Fact]
    public void Select_MorePredictionsThanValues_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TopK.Select([0.5f, 0.5f], new Prediction[3]));

    [Fact]
    public void Softmax_LargeScores_SumsToOne()
    {
        float[] scores = [1000, 999, -1000];

        TopK.Softmax(scores);

        Assert.Equal(1, scores.Sum(), 1e-6f);
        Assert.True(scores[0] > scores[1]);
    }
}
