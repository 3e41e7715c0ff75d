using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Imaging;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Tests.Outputs;

public sealed class ConfusionTextTests
{
    private static readonly string[] Cifar = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    [Fact]
    public void Of_LongLabels_FitsEightyColumnsByNumber()
    {
        var text = ConfusionText.Of(Count(Cifar, (0, 1, 12_000), (1, 1, 99_999), (9, 0, 3)));

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Contains("1 automobile", text, StringComparison.Ordinal);
        Assert.DoesNotContain("bird", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ShortLabels_HasThemAsHeadings()
    {
        var text = ConfusionText.Of(Count(["0", "1", "2"], (0, 1, 1), (2, 2, 4)));

        Assert.Equal("accuracy 80.00 % (4 of 5 labeled images)\nactual \\ predicted\n     0  1  2\n0    ·  1  ·\n2    ·  ·  4\n", text);
    }

    [Fact]
    public void Of_AllRight_HasNoMatrix() =>
        Assert.Equal("accuracy 100.00 % (1 of 1 labeled image)\n", ConfusionText.Of(Count(["0", "1"], (1, 1, 1))));

    [Fact]
    public void Of_ManyClasses_PointsToTheSummary() => Assert.Contains(
        "the confusion matrix of 100 classes is in the summary",
        ConfusionText.Of(Count([.. Enumerable.Range(0, 100).Select(index => $"class {index}")], (0, 1, 1))), StringComparison.Ordinal);

    private static Tally Count(string[] labels, params (int Actual, int Predicted, int Images)[] cells)
    {
        var imaging = new ImagingSpec { Input = new(1, 28, 28), ContentSize = 28, Geometry = Geometry.None };
        var tally = new Tally(new ScoringModel { Name = "m", Version = 1, Sha256 = "", Labels = labels, Imaging = imaging });
        foreach (var (actual, predicted, images) in cells)
        {
            var row = new ScoreRow(1) { Actual = actual };
            row.Top[0] = new Prediction(predicted, 1);
            for (var image = 0; image < images; image++)
                tally.Add(row);
        }
        return tally;
    }
}
