using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Tests.Outputs;

public sealed class ResultTextTests
{
    [Theory]
    [InlineData(2, 0, "2 images, 0 failed\naccuracy 100.00 % (2 of 2 labeled images)\n")]
    [InlineData(2, 1, "3 images, 0 failed\naccuracy 100.00 % (2 of 2 labeled images)\n"
        + "1 image is not counted in the accuracy: its folder's name is not a label\n")]
    [InlineData(1, 2, "3 images, 0 failed\naccuracy 100.00 % (1 of 1 labeled image)\n"
        + "2 images are not counted in the accuracy: the names of their folders are not labels\n")]
    [InlineData(0, 2, "2 images, 0 failed\n")]
    public void Of_FoldersThatAreNotLabels_AreCounted(int labeled, int others, string expected)
    {
        var tally = new Tally(new ScoringModel
        {
            Name = "tiny",
            Version = 1,
            Sha256 = "",
            Labels = ["a", "b"],
            Imaging = new ImagingSpec { Input = new(1, 28, 28), ContentSize = 28 },
        });
        var row = new ScoreRow(1);
        for (var image = 0; image < labeled + others; image++)
        {
            row.Actual = image < labeled ? 0 : -1;
            tally.Add(row);
        }

        Assert.Equal(expected, ResultText.Of(tally, elapsed: null));
    }
}
