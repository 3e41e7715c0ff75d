namespace LeNetServe.Trainer.Reports.Charts;

/// <summary>One point of a series.</summary>
/// <param name="X">Abscissa.</param>
/// <param name="Y">Ordinate.</param>
/// <param name="Low">Lower end of the interval around Y, or null.</param>
/// <param name="High">Upper end of the interval around Y, or null.</param>
/// <param name="Note">Shown when the pointer rests on the point; null: the values.</param>
internal sealed record ChartPoint(double X, double Y, double? Low = null, double? High = null, string? Note = null);
