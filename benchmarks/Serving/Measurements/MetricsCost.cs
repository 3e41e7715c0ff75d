namespace LeNetServe.Serving.Measurements;

/// <summary>Throughput with and without metrics, in turns of half a second.</summary>
internal sealed class MetricsCost : IMeasurement
{
    private const double Turn = 0.5;

    public async Task MeasureAsync(Rig rig, Report report)
    {
        using var silent = await ServerProcess.ServeAsync(
            rig.ServerDll, rig.Repository, pinned: true, "--Models:Mode", "explicit", "--Models:Load", rig.Name, "--Telemetry:Metrics", "false");
        using var toSilent = new LoadGenerator(silent.Grpc);
        var pixels = rig.Request(LoadKind.Pixels);
        await toSilent.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, 5);
        var (with, without) = (0.0, 0.0);
        for (var turn = 0; turn < 2 * rig.Seconds / Turn; turn++)
        {
            with += (await rig.ToServer.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, Turn)).PerSecond;
            without += (await toSilent.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, Turn)).PerSecond;
        }
        report.AtMost("metrics: throughput that they cost, of 100", 100 * (1 - (with / without)), 2);
    }
}
