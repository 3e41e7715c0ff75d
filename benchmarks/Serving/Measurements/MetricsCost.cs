namespace LeNetServe.Serving.Measurements;

/// <summary>Throughput with and without metrics, in turns of half a second.</summary>
internal sealed class MetricsCost : IMeasurement
{
    private const double Turn = 0.5;

    public async Task MeasureAsync(Rig rig, Report report)
    {
        var pixels = rig.Request(LoadKind.Pixels);
        var (with, without) = (0.0, 0.0);
        for (var turn = 0; turn < 2 * rig.Seconds / Turn; turn++)
        {
            with += (await rig.ToServer.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, Turn)).PerSecond;
            without += (await rig.ToSilent.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, Turn)).PerSecond;
        }
        report.AtMost("metrics: throughput that they cost, of 100", 100 * (1 - (with / without)), 2);
    }
}
