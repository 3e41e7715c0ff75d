using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Tests.Outputs;

public sealed class PreviewSampleTests
{
    [Theory]
    [InlineData(0, new long[0])]
    [InlineData(2, new long[] { 0, 3 })]
    [InlineData(5, new long[] { 0, 1, 3, 4, 6 })]
    [InlineData(100, new long[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    public void Rows_SeveralClasses_TakesTurnsAndKeepsTheOrder(int count, long[] expected)
    {
        var sample = new PreviewSample(count);
        var row = 0L;
        foreach (var (actual, predicted) in ((int, int)[])[(0, 9), (0, 9), (0, 9), (1, 9), (1, 9), (1, 9), (-1, 2), (-1, 2)])
        {
            var scored = new ScoreRow(1) { Actual = actual };
            scored.Top[0] = new Prediction(predicted, 1);
            sample.Add(scored, row++, null);
        }

        Assert.Equal(expected, sample.Rows().Select(chosen => chosen.Row));
    }
}
