namespace LeNetServe.Serving.Measurements;

/// <summary>The latency of one caller alone, and the tail at half of the capacity, against the echo's.</summary>
internal sealed class Latency : IMeasurement
{
    public async Task MeasureAsync(Rig rig, Report report)
    {
        var pixels = rig.Request(LoadKind.Pixels);
        var (inference, _) = await ServerProcess.AloneAsync(rig.ServerDll, rig.Model, 0.5);
        var loneEcho = await rig.ToEcho.ClosedAsync(LoadKind.Pixels, pixels, 1, rig.Seconds);
        var loneBare = await rig.ToBare.ClosedAsync(LoadKind.Pixels, pixels, 1, rig.Seconds);
        var (busy, runs) = await ModelAsync(rig.Server);
        var lone = await rig.ToServer.ClosedAsync(LoadKind.Pixels, pixels, 1, rig.Seconds);
        var (busyAfter, runsAfter) = await ModelAsync(rig.Server);
        var inServer = (busyAfter - busy) / (runsAfter - runs);
        report.Add("one caller, p50 of the echo, µs", loneEcho.Percentile(50));
        report.Add("one caller, the model by itself in a loop, µs", 1e6 / inference);
        report.Add("one caller, the model in the server, mean, µs", inServer);
        var parts = loneEcho.Percentile(50) + (1e6 / inference);
        report.Add("one caller, p50 of nothing but the model, beyond echo and inference, µs", loneBare.Percentile(50) - parts);
        report.AtMost("one caller, p50 beyond echo and inference, µs", lone.Percentile(50) - parts, 15);
        report.Add("one caller, mean beyond the echo's and the model's in the server, µs", lone.Mean - loneEcho.Mean - inServer);

        var half = (await rig.ToServer.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, rig.Seconds)).PerSecond / 2;
        var openEcho = await rig.ToEcho.OpenAsync(pixels, half, rig.Seconds);
        var open = await rig.ToServer.OpenAsync(pixels, half, rig.Seconds);
        report.Add("half the capacity, p99.9 of the echo, µs", openEcho.Percentile(99.9));
        report.Add("half the capacity, calls sent too late, p99.9, µs", open.Lateness.GetValueAtPercentile(99.9));
        report.AtMost("half the capacity, p99.9 / echo's", open.Percentile(99.9) / openEcho.Percentile(99.9), 2);
    }

    /// <summary>Gets the microseconds in the model, and the runs, from the server's own metrics.</summary>
    private static async Task<(double Microseconds, double Runs)> ModelAsync(ServerProcess server) =>
        (await server.MetricAsync("lenetserve_inference_duration_us_sum", "outcome=\"ok\""),
         await server.MetricAsync("lenetserve_inference_duration_us_count", "outcome=\"ok\""));
}
