using LeNetServe.Certainty;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>
/// Compares a version's last answers with those to held-out training images. The window slides in halves: it has the last 1,000 to 2,000
/// images.
/// </summary>
internal sealed class DriftWindow(AnswerReference reference)
{
    private const int Half = 1000;
    private readonly Lock gate = new();
    private readonly (string Of, IReadOnlyList<double> Expected, long[] Older, long[] Newer)[] figures =
    [
        Figure("classes", reference.Classes),
        Figure("confidence", reference.Confidence.Shares),
        .. reference.Novelty is { } novelty ? [Figure("novelty", novelty.Shares)]
            : Array.Empty<(string Of, IReadOnlyList<double> Expected, long[] Older, long[] Newer)>(),
    ];

    private int images;
    private bool isFull;

    /// <summary>Adds an answer.</summary>
    /// <param name="answer">Number of the best class.</param>
    /// <param name="probability">Its probability.</param>
    /// <param name="novelty">The image's novelty; without meaning if the reference has none.</param>
    public void Add(int answer, float probability, float novelty)
    {
        lock (gate)
        {
            figures[0].Newer[answer]++;
            figures[1].Newer[reference.Confidence.BinOf(probability)]++;
            if (reference.Novelty is not null)
                figures[2].Newer[reference.Novelty.BinOf(novelty)]++;
            if (++images == Half)
                Slide();
        }
    }

    /// <summary>Gets the population stability index of each figure; nothing before the first 1,000 images.</summary>
    public IReadOnlyList<(string Of, double Index)> Read()
    {
        lock (gate)
            return isFull
                ? [.. figures.Select(figure => (figure.Of, AnswerReference.StabilityIndex(Sum(figure), figure.Expected)))]
                : [];
    }

    private static (string Of, IReadOnlyList<double> Expected, long[] Older, long[] Newer) Figure(
        string of, IReadOnlyList<double> shares) => (of, shares, new long[shares.Count], new long[shares.Count]);

    private static long[] Sum((string Of, IReadOnlyList<double> Expected, long[] Older, long[] Newer) figure) =>
        [.. figure.Older.Zip(figure.Newer, (older, newer) => older + newer)];

    // Under the lock.
    private void Slide()
    {
        foreach (var figure in figures)
        {
            figure.Newer.CopyTo(figure.Older, 0);
            Array.Clear(figure.Newer);
        }
        images = 0;
        isFull = true;
    }
}
