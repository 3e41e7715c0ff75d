using System.Text.Json;
using LeNetServe.Certainty;

namespace LeNetServe.LeNet.Tests.Certainty;

public sealed class AnswerReferenceTests
{
    [Fact]
    public void Of_Answers_HasTheirSharesInBinsOfEqualSize()
    {
        var (logits, _) = TemperatureFitTests.Draw(5_000);
        var probabilities = TemperatureFit.Probabilities(logits, 5, 1);

        var reference = AnswerReference.Of(probabilities, 5);

        Assert.Equal(1, reference.Classes.Sum(), 1e-9);
        Assert.All(reference.Classes, share => Assert.Equal(0.2, share, 0.03));
        Assert.Equal(10, reference.Confidence.Shares.Count);
        Assert.All(reference.Confidence.Shares, share => Assert.Equal(0.1, share, 0.01));
    }

    [Fact]
    public void ScoreHistogramOf_EqualScores_HasFewerBins()
    {
        var histogram = ScoreHistogram.Of(Enumerable.Range(0, 5_000).Select(image => (float)(image % 4)));

        Assert.Equal([0, 1, 2, 3], histogram.Edges);
        Assert.Equal([0.25, 0.25, 0.25, 0.25, 0], histogram.Shares);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1.5, 1)]
    [InlineData(9, 2)]
    [InlineData(double.NaN, 2)]
    public void BinOf_Score_IsTheFirstBinThatReachesIt(double score, int bin) =>
        Assert.Equal(bin, new ScoreHistogram([1, 2], [0.3, 0.3, 0.4]).BinOf(score));

    [Fact]
    public void StabilityIndex_OfTwoBins_IsTheFormula() => Assert.Equal(
        0.25 * Math.Log(0.75 / 0.5) - 0.25 * Math.Log(0.25 / 0.5), AnswerReference.StabilityIndex([75, 25], [0.5, 0.5]), 1e-12);

    [Theory]
    [InlineData(2, 2, 1, true)]
    [InlineData(3, 2, 1, false)]
    [InlineData(2, 1, 1, false)]
    [InlineData(2, 2, 3, false)]
    public void Fits_SharesOfClassesAndBins_AreComplete(int classes, int confidence, int novelty, bool fits)
    {
        var reference = new AnswerReference(
            [0.5, 0.5],
            new([0.9], [.. Enumerable.Repeat(1.0 / confidence, confidence)]),
            new([], [.. Enumerable.Repeat(1.0 / novelty, novelty)]));

        Assert.Equal(fits, reference.Fits(classes));
    }

    [Fact]
    public void Json_WithoutNovelty_ReadsBack()
    {
        var json = JsonSerializer.Serialize(new AnswerReference([1], new([], [1])));

        Assert.DoesNotContain("Novelty", json, StringComparison.Ordinal);
        Assert.Null(JsonSerializer.Deserialize<AnswerReference>(json)!.Novelty);
    }
}
