namespace LeNetServe.BatchScorer.Outputs;

/// <summary>One class's part of a tally.</summary>
/// <param name="Label">Class name.</param>
/// <param name="Images">Images of this class.</param>
/// <param name="Predicted">Images taken for this class.</param>
/// <param name="Precision">Right among those predicted; null if none was.</param>
/// <param name="Recall">Right among the images of the class; null if there is none.</param>
/// <param name="F1">Harmonic mean of the two; null if either is.</param>
internal sealed record ClassFigures(string Label, long Images, long Predicted, double? Precision, double? Recall, double? F1)
{
    public static IReadOnlyList<ClassFigures> Of(Tally tally) =>
        [.. Enumerable.Range(0, tally.Model.Labels.Count).Select(index => Of(tally, index))];

    private static ClassFigures Of(Tally tally, int index)
    {
        var classes = Enumerable.Range(0, tally.Model.Labels.Count);
        var images = tally.Row(index).Sum();
        var predicted = classes.Sum(actual => tally.Confusion[actual, index]);
        var right = tally.Confusion[index, index];
        double? precision = predicted > 0 ? (double)right / predicted : null;
        double? recall = images > 0 ? (double)right / images : null;
        var f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : null;
        return new ClassFigures(tally.Model.Labels[index], images, predicted, precision, recall, f1);
    }
}
