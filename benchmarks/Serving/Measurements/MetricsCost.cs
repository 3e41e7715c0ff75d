namespace LeNetServe.Serving.Measurements;

/// <summary>
/// Throughput with and without metrics, in turns, in one process. Two processes of the same program differ by more than the metrics cost,
/// because the compiler optimizes for the calls that each has met.
/// </summary>
internal sealed class MetricsCost : IMeasurement
{
    private const double Turn = 1;
    private const int MostLooks = 100;
    private const string Counted = "lenetserve_request_duration_us_count";

    public async Task MeasureAsync(Rig rig, Report report)
    {
        var (with, without) = (0.0, 0.0);
        for (var turn = 0; turn < 3 * rig.Seconds / Turn; turn++)
        {
            // Every other pair runs in reverse, so that a machine that gets slower or faster favors neither.
            var first = turn % 2 == 0;
            foreach (var on in new[] { first, !first })
            {
                var perSecond = await TurnAsync(rig, on);
                (with, without) = on ? (with + perSecond, without) : (with, without + perSecond);
            }
        }
        await SwitchAsync(rig, true);
        report.AtMost("metrics: throughput that they cost, of 100", 100 * (1 - (with / without)), 2);
    }

    private static async Task<double> TurnAsync(Rig rig, bool on)
    {
        await SwitchAsync(rig, on);
        return (await rig.ToServer.ClosedAsync(LoadKind.Pixels, rig.Request(LoadKind.Pixels), Rig.Callers, Turn)).PerSecond;
    }

    /// <summary>
    /// Switches metrics on or off. Returns when the server has followed, because it reads the file a moment after the change.
    /// </summary>
    private static async Task SwitchAsync(Rig rig, bool on)
    {
        rig.Settings.RecordMetrics(on);
        for (var look = 0; look < MostLooks; look++)
        {
            var before = await rig.Server.MetricAsync(Counted);
            await rig.ToServer.ClosedAsync(LoadKind.Pixels, rig.Request(LoadKind.Pixels), Rig.Callers, 0.1);
            if (await rig.Server.MetricAsync(Counted) > before == on)
                return;
        }
        throw new InvalidOperationException($"the server did not follow Telemetry:Metrics = {on} in appsettings.json");
    }
}
