namespace LeNetServe.Serving.Measurements;

/// <summary>
/// The 32 callers on more connections than the two of <see cref="Throughput"/>, up to one each. The calls of one connection are read, and their answers
/// written, together.
/// </summary>
internal sealed class Connections : IMeasurement
{
    public async Task MeasureAsync(Rig rig, Report report)
    {
        var pixels = rig.Request(LoadKind.Pixels);
        foreach (var connections in new[] { 8, Rig.Callers })
        {
            var (inference, _) = await ServerProcess.AloneAsync(rig.ServerDll, rig.Model, rig.Seconds / 2);
            var (atEcho, atServer) = (rig.CallersOf(rig.Echo, connections), rig.CallersOf(rig.Server, connections));
            foreach (var callers in new[] { atEcho, atServer })
                await callers.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, 0.5);
            var echoed = await atEcho.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, rig.Seconds);
            var unary = await atServer.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, rig.Seconds);
            report.Add($"{connections} connections: echo, calls/s", echoed.PerSecond);
            report.Add($"{connections} connections: Classify, calls/s", unary.PerSecond);
            report.AtLeast($"{connections} connections: Classify / (1 / (1/echo + 1/ORT))", unary.PerSecond * ((1 / echoed.PerSecond) + (1 / inference)), 0.95);
            report.Never($"{connections} connections: failed or refused calls", echoed.Failed + echoed.Refused + unary.Failed + unary.Refused);
        }
    }
}
