namespace LeNetServe.Serving.Measurements;

/// <summary>
/// Sends five times as many calls as the server can answer. The calls are large pictures, because a generator on one core cannot send five
/// times as many raw pixels as the server answers.
/// </summary>
internal sealed class Overload : IMeasurement
{
    private const int Times = 5;
    private const int Connections = 20;

    public async Task MeasureAsync(Rig rig, Report report)
    {
        var large = rig.Request(LoadKind.LargePng);
        using var server = await ServerProcess.ServeAsync(
            rig.ServerDll, rig.Repository, pinned: true, "--Models:Mode", "explicit", "--Models:Load", rig.Name);
        using var load = new LoadGenerator(server.Grpc, Connections);
        await load.ClosedAsync(LoadKind.LargePng, large, Rig.Callers, 1);
        var capacity = await load.ClosedAsync(LoadKind.LargePng, large, Rig.Callers, rig.Seconds);
        var before = await server.MemoryAsync();
        var overload = await load.OpenAsync(large, Times * capacity.PerSecond, 2 * rig.Seconds);
        report.Add("overload: capacity with large pictures, calls/s", capacity.PerSecond);
        report.AtLeast("overload: answered at 5 × capacity / capacity", overload.PerSecond / capacity.PerSecond, 0.9);
        report.Add("overload: refused, of 100 calls", 100.0 * overload.Refused / (overload.Answered + overload.Refused + overload.Failed));
        report.Never("overload: calls that failed in another way", overload.Failed);
        report.AtLeast("overload: refused within a millisecond in the server, of 100", 100 * await WithinMillisecondAsync(server), 99);
        if (overload.Refused > 0)
            report.Add("overload: refused, p50 seen by the callers, ms", overload.Refusals.GetValueAtPercentile(50) / 1e3);
        report.Add("overload: memory before, MB", before / 1e6);
        report.AtMost("overload: memory afterwards, MB more", (await server.MemoryAsync() - before) / 1e6, 100);
    }

    private static async Task<double> WithinMillisecondAsync(ServerProcess server)
    {
        const string Refused = "outcome=\"refused\"";
        var all = await server.MetricAsync("lenetserve_request_duration_us_count", Refused);
        var fast = await server.MetricAsync("lenetserve_request_duration_us_bucket", Refused + ",le=\"1000\"");
        return all == 0 ? 1 : fast / all;
    }
}
