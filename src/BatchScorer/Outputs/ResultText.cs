using System.Globalization;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>What a run says at its end.</summary>
internal static class ResultText
{
    /// <param name="tally">The counts.</param>
    /// <param name="elapsed">How long scoring took; null where it is not known.</param>
    public static string Of(Tally tally, TimeSpan? elapsed)
    {
        var speed = "";
        if (elapsed is { } time)
        {
            var seconds = Math.Max(time.TotalSeconds, 1e-3);
            speed = string.Create(CultureInfo.InvariantCulture, $" in {seconds:0.0} s ({tally.Images / seconds:0} images/s)");
        }
        return $"{tally.Images} images{speed}, {tally.Failed} failed\n{ConfusionText.Of(tally)}";
    }
}
