using System.Globalization;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The counts of a run in words.</summary>
internal static class ResultText
{
    /// <summary>Gets the lines.</summary>
    /// <param name="tally">The counts.</param>
    /// <param name="elapsed">The time that scoring took; null if it is not known.</param>
    public static string Of(Tally tally, TimeSpan? elapsed)
    {
        var speed = "";
        if (elapsed is { } time)
        {
            var seconds = Math.Max(time.TotalSeconds, 1e-3);
            speed = string.Create(CultureInfo.InvariantCulture, $" in {seconds:0.0} s ({tally.Images / seconds:0} images/s)");
        }
        var images = tally.Images == 1 ? "image" : "images";
        return $"{tally.Images} {images}{speed}, {tally.Failed} failed\n{ConfusionText.Of(tally)}{Unlabeled(tally)}";
    }

    private static string Unlabeled(Tally tally)
    {
        var count = tally.Images - tally.Failed - tally.Labeled;
        if (tally.Labeled == 0 || count == 0)
            return "";
        return count == 1
            ? "1 image is not counted in the accuracy: its folder's name is not a label\n"
            : $"{count} images are not counted in the accuracy: the names of their folders are not labels\n";
    }
}
