namespace LeNetServe.Trainer.Sweeps;

/// <summary>A range of numbers to draw from.</summary>
internal sealed record ValueRange
{
    /// <summary>Least value.</summary>
    public required double Low { get; init; }

    /// <summary>Greatest value.</summary>
    public required double High { get; init; }

    /// <summary>Draw evenly over the logarithm, which suits a rate between 0.001 and 0.1.</summary>
    public bool Log { get; init; }

    /// <summary>Gets the value at a share of the range, 0..1.</summary>
    public double At(double share) => Log
        ? Math.Exp(Math.Log(Low) + share * (Math.Log(High) - Math.Log(Low)))
        : Low + share * (High - Low);

    public string? Fault => !(Low < High) || !double.IsFinite(Low) || !double.IsFinite(High)
        ? $"{Low}..{High} is empty, expected low < high"
        : Log && Low <= 0 ? $"{Low}..{High}:log begins at {Low}, expected more than 0"
        : null;
}
