using System.Globalization;
using System.Text;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The accuracy and the confusion matrix as lines for a terminal of 80 columns.</summary>
internal static class ConfusionText
{
    private const int Columns = 80;
    private const int LongestLabel = 20;

    public static string Of(Tally tally)
    {
        if (tally.Accuracy is not { } accuracy)
            return "";
        var images = tally.Labeled == 1 ? "image" : "images";
        var text = new StringBuilder($"accuracy {accuracy * 100:0.00} % ({tally.Correct} of {tally.Labeled} labeled {images})\n");
        if (tally.Correct == tally.Labeled)
            return text.ToString();
        var labels = tally.Model.Labels;
        var rows = Enumerable.Range(0, labels.Count).Where(actual => tally.Row(actual).Sum() > 0).ToList();
        var names = labels.Select(label => label.Length > LongestLabel ? $"{label[..(LongestLabel - 1)]}…" : label).ToList();
        var head = rows.Max(row => names[row].Length) + 2;
        var words = Math.Max(names.Max(name => name.Length), Digits(tally)) + 2;
        if (head + (labels.Count * words) <= Columns)
            return text.Append("actual \\ predicted\n").Append(Matrix(tally, rows, names, names, head, words)).ToString();
        // Numbers in place of the columns' labels; each row has its number before its label.
        names = [.. names.Select((name, index) => $"{index} {name}")];
        head = rows.Max(row => names[row].Length) + 1;
        var numbers = labels.Select((_, index) => index.ToString(CultureInfo.InvariantCulture)).ToList();
        var cell = Math.Max(numbers[^1].Length, Digits(tally)) + 1;
        return head + (labels.Count * cell) > Columns
            ? text.Append(CultureInfo.InvariantCulture, $"the confusion matrix of {labels.Count} classes is in the summary\n").ToString()
            : text.Append("actual \\ predicted, by number\n").Append(Matrix(tally, rows, names, numbers, head, cell)).ToString();
    }

    private static string Matrix(Tally tally, List<int> rows, List<string> names, List<string> headings, int head, int cell)
    {
        var text = new StringBuilder().Append(' ', head);
        foreach (var heading in headings)
            text.Append(heading.PadLeft(cell));
        text.Append('\n');
        foreach (var row in rows)
        {
            text.Append(names[row].PadRight(head));
            foreach (var count in tally.Row(row))
                text.Append((count == 0 ? "·" : count.ToString(CultureInfo.InvariantCulture)).PadLeft(cell));
            text.Append('\n');
        }
        return text.ToString();
    }

    private static int Digits(Tally tally) => tally.Confusion.Cast<long>().Max().ToString(CultureInfo.InvariantCulture).Length;
}
