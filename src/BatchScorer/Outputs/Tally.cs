using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Counts over all rows: errors by kind, and, for images whose folder names a class, who was taken for whom.</summary>
internal sealed class Tally(ScoringModel model)
{
    private const int MostFailures = 100;

    public ScoringModel Model { get; } = model;

    public long Images { get; private set; }

    public SortedDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    public long Failed { get; private set; }

    /// <summary>The first images that failed, with their errors.</summary>
    public List<(string Name, RowError Error)> Failures { get; } = [];

    /// <summary>Scored images whose class is known.</summary>
    public long Labeled { get; private set; }

    public long Correct { get; private set; }

    /// <summary>Images by actual class (row) and predicted class (column).</summary>
    public long[,] Confusion { get; } = new long[model.Labels.Count, model.Labels.Count];

    public IEnumerable<IEnumerable<long>> Rows => Classes.Select(Row);

    public double? Accuracy => Labeled > 0 ? (double)Correct / Labeled : null;

    public IEnumerable<long> Row(int actual) => Classes.Select(predicted => Confusion[actual, predicted]);

    public void Add(ScoreRow row)
    {
        Images++;
        if (row.Error is not null)
        {
            Failed++;
            if (Failures.Count < MostFailures)
                Failures.Add((row.Name, row.Error));
            Errors[row.Error.Kind] = Errors.GetValueOrDefault(row.Error.Kind) + 1;
        }
        else if (row.Actual >= 0)
        {
            Labeled++;
            Confusion[row.Actual, row.Top[0].Index]++;
            if (row.Actual == row.Top[0].Index)
                Correct++;
        }
    }

    private IEnumerable<int> Classes => Enumerable.Range(0, Model.Labels.Count);
}
