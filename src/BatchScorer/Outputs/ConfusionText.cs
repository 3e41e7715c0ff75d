using System.Text;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The accuracy and the confusion matrix as lines for a terminal.</summary>
internal static class ConfusionText
{
    /// <summary>Classes beyond which a matrix fills the screen and says nothing.</summary>
    private const int MaxClasses = 20;

    public static string Of(Tally tally)
    {
        if (tally.Accuracy is not { } accuracy)
            return "";
        var text = new StringBuilder($"accuracy {accuracy * 100:0.00} % ({tally.Correct} of {tally.Labelled} labelled images)\n");
        var labels = tally.Model.Labels;
        if (labels.Count > MaxClasses)
            return text.Append($"the confusion matrix of {labels.Count} classes is in the summary\n").ToString();
        var width = Math.Max(labels.Max(label => label.Length), Max(tally).ToString().Length) + 2;
        text.Append("actual \\ predicted\n").Append(' ', width);
        foreach (var label in labels)
            text.Append(label.PadLeft(width));
        text.Append('\n');
        for (var actual = 0; actual < labels.Count; actual++)
        {
            text.Append(labels[actual].PadLeft(width));
            for (var predicted = 0; predicted < labels.Count; predicted++)
                text.Append((tally.Confusion[actual, predicted] is var count and not 0 ? count.ToString() : "·").PadLeft(width));
            text.Append('\n');
        }
        return text.ToString();
    }

    private static long Max(Tally tally) => tally.Confusion.Cast<long>().Max();
}
