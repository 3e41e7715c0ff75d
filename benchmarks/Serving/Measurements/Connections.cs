namespace LeNetServe.Serving.Measurements;

/// <summary>
/// Rates of the 32 callers on more connections than the two of <see cref="Throughput"/>, up to one each. The server reads the calls of one
/// connection together, and writes their answers together.
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
            var ofParts = unary.PerSecond * ((1 / echoed.PerSecond) + (1 / inference));
            report.AtLeast($"{connections} connections: Classify / (1 / (1/echo + 1/ORT))", ofParts, 0.95);
            var lost = echoed.Failed + echoed.Refused + unary.Failed + unary.Refused;
            report.Never($"{connections} connections: failed or refused calls", lost);
        }
    }
}
