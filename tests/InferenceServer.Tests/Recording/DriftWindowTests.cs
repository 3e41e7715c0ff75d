using LeNetServe.Certainty;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Tests.Recording;

public sealed class DriftWindowTests
{
    private static readonly AnswerReference Reference = new([0.5, 0.5], new([0.9], [0.2, 0.8]), new([1, 2], [0.3, 0.4, 0.3]));

    [Fact]
    public void Read_BeforeAThousandImages_HasNothing()
    {
        var window = new DriftWindow(Reference);
        Fill(window, 999, image => (image % 2, 0.95f, 1.5f));

        Assert.Empty(window.Read());
    }

    [Fact]
    public void Read_AnswersLikeThoseOfTheReference_AreStable()
    {
        var window = new DriftWindow(Reference);
        Fill(window, 1500, image => (image % 2, image % 10 < 2 ? 0.8f : 0.95f, image % 10 < 3 ? 0.5f : image % 10 < 7 ? 1.5f : 2.5f));

        Assert.Equal(["classes", "confidence", "novelty"], window.Read().Select(figure => figure.Of));
        Assert.All(window.Read(), figure => Assert.Equal(0, figure.Index, 1e-6));
    }

    [Fact]
    public void Read_OneClassAfterBoth_ShiftsUntilTheOldAnswersLeave()
    {
        var window = new DriftWindow(Reference);
        Fill(window, 1000, image => (image % 2, 0.95f, 1.5f));
        var before = window.Read()[0].Index;
        Fill(window, 2000, _ => (1, 0.95f, 1.5f));

        var after = window.Read()[0].Index;

        Assert.Equal(0, before, 1e-9);
        // Nothing in a bin of a half, and all in the other: (0.0001 − 0.5)·ln(0.0001 / 0.5) + (1 − 0.5)·ln(1 / 0.5).
        Assert.Equal(4.604, after, 1e-3);
    }

    private static void Fill(DriftWindow window, int images, Func<int, (int Answer, float Probability, float Novelty)> next)
    {
        foreach (var image in Enumerable.Range(0, images))
        {
            var (answer, probability, novelty) = next(image);
            window.Add(answer, probability, novelty);
        }
    }
}
