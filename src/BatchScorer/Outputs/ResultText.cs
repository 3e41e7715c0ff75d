using System.Globalization;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>What a run says at its end.</summary>
internal static class ResultText
{
    public static string Of(Tally tally, TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 1e-3);
        var first = string.Create(CultureInfo.InvariantCulture, $"{tally.Images} images in {seconds:0.0} s ({tally.Images / seconds:0} images/s), {tally.Failed} failed\n");
        return first + ConfusionText.Of(tally);
    }
}
