namespace LeNetServe.Imaging;

/// <summary>Connected pieces of ink (8 neighbors): parts of the digit, and specks.</summary>
internal static class InkComponents
{
    /// <summary>A piece smaller than this share of the largest is a speck; the bar of a five or a broken line is larger.</summary>
    private const double SpeckShare = 0.04;

    /// <summary>Clears the specks.</summary>
    /// <param name="ink">Whether there is ink, H×W.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static void RemoveSpecks(Span<bool> ink, int height, int width)
    {
        var labels = new int[ink.Length];
        var sizes = new List<int> { 0 };
        var open = new Stack<int>();
        for (var seed = 0; seed < ink.Length; seed++)
        {
            if (!ink[seed] || labels[seed] != 0)
                continue;
            labels[seed] = sizes.Count;
            open.Push(seed);
            sizes.Add(Fill(ink, labels, sizes.Count, open, height, width));
        }
        var least = SpeckShare * sizes.Max();
        for (var index = 0; index < ink.Length; index++)
            ink[index] = ink[index] && sizes[labels[index]] >= least;
    }

    private static int Fill(ReadOnlySpan<bool> ink, int[] labels, int label, Stack<int> open, int height, int width)
    {
        var size = 0;
        while (open.TryPop(out var place))
        {
            size++;
            var (row, column) = (place / width, place % width);
            for (var nearRow = Math.Max(0, row - 1); nearRow <= Math.Min(height - 1, row + 1); nearRow++)
                for (var nearColumn = Math.Max(0, column - 1); nearColumn <= Math.Min(width - 1, column + 1); nearColumn++)
                    if (nearRow * width + nearColumn is var near && ink[near] && labels[near] == 0)
                    {
                        labels[near] = label;
                        open.Push(near);
                    }
        }
        return size;
    }
}
