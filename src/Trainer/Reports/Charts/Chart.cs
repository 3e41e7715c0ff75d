namespace LeNetServe.Trainer.Reports.Charts;

/// <summary>A chart of lines or dots.</summary>
internal sealed record Chart
{
    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>The horizontal axis.</summary>
    public required Axis X { get; init; }

    /// <summary>The vertical axis.</summary>
    public required Axis Y { get; init; }

    /// <summary>What is drawn; without a single point the chart says so.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Width of the drawing, in its own units; the page scales it.</summary>
    public int Width { get; init; } = 620;

    /// <summary>Height of the drawing.</summary>
    public int Height { get; init; } = 320;
}
