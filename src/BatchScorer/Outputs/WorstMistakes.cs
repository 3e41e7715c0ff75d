using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Keeps the most confident mistakes; among equals the first ones.</summary>
internal sealed class WorstMistakes(int limit = 100)
{
    private readonly PriorityQueue<Mistake, (float Probability, long Later)> queue = new();

    public void Add(ScoreRow row, long number, InputImage? image)
    {
        if (row.Error is not null || row.Actual < 0 || row.Top[0].Index == row.Actual)
            return;
        var priority = (row.Top[0].Probability, -number);
        if (queue.Count >= limit && queue.TryPeek(out _, out var least) && priority.CompareTo(least) < 0)
            return;
        queue.Enqueue(new Mistake(number, row.Name, row.Actual, row.Top[0].Index, row.Top[0].Probability, image), priority);
        if (queue.Count > limit)
            queue.Dequeue();
    }

    /// <summary>Gets the mistakes, most confident first.</summary>
    public IReadOnlyList<Mistake> InOrder() =>
    [
        .. queue.UnorderedItems.Select(item => item.Element)
            .OrderByDescending(mistake => mistake.Probability).ThenBy(mistake => mistake.Row),
    ];
}
