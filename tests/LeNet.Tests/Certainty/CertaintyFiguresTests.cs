using LeNetServe.Certainty;

namespace LeNetServe.LeNet.Tests.Certainty;

public sealed class CertaintyFiguresTests
{
    [Fact]
    public void Of_FourImages_IsWhatThePaperFormulasSay()
    {
        float[] probabilities = [0.9f, 0.1f, 0.9f, 0.1f, 0.6f, 0.4f, 0.2f, 0.8f];
        int[] labels = [0, 1, 0, 1];

        var figures = CertaintyFigures.Of(probabilities, labels);

        // Bins: 0.9 twice with one right, 0.6 right, 0.8 right.
        Assert.Equal((2 * 0.4 + 0.4 + 0.2) / 4, figures.CalibrationError, 1e-6);
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.1) + Math.Log(0.6) + Math.Log(0.8)) / 4, figures.Loss, 1e-6);
        Assert.Equal(2 * (0.01 + 0.81 + 0.16 + 0.04) / 4, figures.Brier, 1e-6);
        Assert.Equal([1, 1, 2], figures.Bins.Where(bin => bin.Images > 0).Select(bin => bin.Images));
        Assert.Equal(0.5, figures.Bins[13].Accuracy);
        Assert.Equal(0.9, figures.Bins[13].Confidence, 1e-6);
    }

    [Fact]
    public void Of_TruthfulProbabilities_HaveASmallCalibrationError()
    {
        var (logits, labels) = TemperatureFitTests.Draw(50_000);

        var truthful = CertaintyFigures.Of(TemperatureFit.Probabilities(logits, 5, 1), labels);
        var tooSure = CertaintyFigures.Of(TemperatureFit.Probabilities(logits, 5, 0.5), labels);

        Assert.InRange(truthful.CalibrationError, 0, 0.01);
        Assert.InRange(tooSure.CalibrationError, 0.05, 1);
        Assert.True(truthful.Loss < tooSure.Loss && truthful.Brier < tooSure.Brier);
    }

    [Fact]
    public void Of_RightClassWithProbabilityZero_HasAFiniteLoss() =>
        Assert.True(double.IsFinite(CertaintyFigures.Of([1f, 0f], [1]).Loss));

    [Fact]
    public void RiskCoverage_MistakeAtTheLeastProbability_IsMadeLast()
    {
        float[] probabilities = [0.9f, 0.1f, 0.55f, 0.45f, 0.2f, 0.8f, 0.3f, 0.7f];

        var curve = CertaintyFigures.RiskCoverage(probabilities, [0, 1, 1, 1], points: 4);

        Assert.Equal([(0.25, 0), (0.5, 0), (0.75, 0), (1, 0.25)], curve);
    }
}
