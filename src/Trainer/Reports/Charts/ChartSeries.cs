namespace LeNetServe.Trainer.Reports.Charts;

/// <summary>Points of one colour.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points, in the order in which a line joins them.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points)
{
    /// <summary>Index into the page's palette, 0 to 7.</summary>
    public int Colour { get; init; }

    /// <summary>Join the points by a line; otherwise draw each as a dot.</summary>
    public bool Line { get; init; } = true;

    /// <summary>Leave it out of the legend: one of several lines of one kind.</summary>
    public bool Unlisted { get; init; }

    /// <summary>Draw it faintly, behind the others.</summary>
    public bool Faint { get; init; }
}
