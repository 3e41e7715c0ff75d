using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>
/// Chooses the images of a contact sheet: in turn from each class, the first ones of each. A class is the folder's, or else the model's
/// answer; failed images count as a class.
/// </summary>
/// <param name="count">The images on the sheet.</param>
internal sealed class PreviewSample(int count)
{
    private readonly SortedDictionary<int, List<(long Row, InputImage? Image)>> byClass = [];

    /// <summary>Offers a row.</summary>
    public void Add(ScoreRow row, long number, InputImage? image)
    {
        if (count == 0)
            return;
        var key = row.Actual >= 0 ? row.Actual : row.Error is null ? row.Top[0].Index : -1;
        if (!byClass.TryGetValue(key, out var rows))
            byClass[key] = rows = [];
        if (rows.Count < count)
            rows.Add((number, image));
    }

    /// <summary>Gets the chosen rows in their order.</summary>
    public IReadOnlyList<(long Row, InputImage? Image)> Rows() =>
    [
        .. byClass.Values.SelectMany(rows => rows.Select((row, rank) => (row, rank)))
            .OrderBy(entry => entry.rank).Take(count).Select(entry => entry.row).OrderBy(row => row.Row),
    ];
}
