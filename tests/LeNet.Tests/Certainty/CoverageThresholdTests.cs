using LeNetServe.Certainty;

namespace LeNetServe.LeNet.Tests.Certainty;

public sealed class CoverageThresholdTests
{
    [Fact]
    public void Of_DrawnImages_CoverOtherImagesAtTheRateAskedFor()
    {
        var (logits, labels) = TemperatureFitTests.Draw(60_000);
        var probabilities = TemperatureFit.Probabilities(logits, 5, 1);
        const int Fitted = 20_000;

        var thresholds = CoverageThreshold.Of(probabilities.AsSpan(0, Fitted * 5), labels.AsSpan(0, Fitted));

        Assert.Equal([0.9, 0.95, 0.98, 0.99, 0.995, 0.999], thresholds.Select(one => one.Coverage));
        foreach (var (coverage, threshold) in thresholds)
        {
            var others = Enumerable.Range(Fitted, labels.Length - Fitted);
            var covered = others.Count(image => probabilities[image * 5 + labels[image]] >= threshold);
            Assert.Equal(coverage, (double)covered / (labels.Length - Fitted), 0.006);
        }
    }

    [Fact]
    public void Of_FewImages_OffersOnlyTheCoverageThatTheySupport()
    {
        var (logits, labels) = TemperatureFitTests.Draw(100);

        var thresholds = CoverageThreshold.Of(TemperatureFit.Probabilities(logits, 5, 1), labels);

        Assert.Equal([0.9, 0.95, 0.98, 0.99], thresholds.Select(one => one.Coverage));
    }
}
