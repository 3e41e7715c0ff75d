using LeNetServe.Certainty;
using LeNetServe.Exporter.Proof;

namespace LeNetServe.Exporter.Tests.Proof;

public sealed class CoverageProofTests
{
    // 200 images each for threshold and test: a deviation of √(0.9·0.1·(1/200 + 1/200)) = 0.03, four are 0.12.
    [Theory]
    [InlineData(157, true)]
    [InlineData(155, false)]
    public void Of_FewerSetsHoldTheirLabel_PassesWithinFourDeviations(int held, bool passed)
    {
        var certainty = new ModelCertainty
        {
            Images = 200,
            Temperature = 1,
            ErrorBefore = 0,
            ErrorAfter = 0,
            LossBefore = 0,
            LossAfter = 0,
            Coverage = [new(0.9, 0.5)],
        };
        float[] probabilities = [.. Enumerable.Range(0, 200).SelectMany(image => image < held ? [0.5f, 0.5f] : new[] { 0.25f, 0.75f })];

        var proof = Assert.Single(CoverageProof.Of(certainty, probabilities, new int[200]));

        Assert.Equal(new(0.9, held / 200.0, (held + 200) / 200.0, passed), proof);
    }
}
