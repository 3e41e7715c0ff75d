namespace LeNetServe.Serving.Measurements;

/// <summary>One group of figures, measured once in every round.</summary>
internal interface IMeasurement
{
    Task MeasureAsync(Rig rig, Report report);
}
