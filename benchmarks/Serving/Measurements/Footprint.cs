using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.V1;

namespace LeNetServe.Serving.Measurements;

/// <summary>Start and memory with all models of the repository, on all cores, as a user starts it.</summary>
internal sealed class Footprint : IMeasurement
{
    public async Task MeasureAsync(Rig rig, Report report)
    {
        using var server = await ServerProcess.ServeAsync(rig.ServerDll, rig.Repository, pinned: false);
        report.AtMost("start: ready after, ms", server.MillisecondsToStart, 1000);
        report.AtMost("memory: after the start, MB", await server.MemoryAsync() / 1e6, 150);
        using var load = new LoadGenerator(server.Grpc);
        foreach (var folder in Directory.GetDirectories(rig.Repository))
        {
            using var model = ClassifierModel.Open(folder, new() { Device = Device.Cpu });
            foreach (var kind in new[] { LoadKind.Pixels, LoadKind.Png, LoadKind.Stream })
            {
                var request = new ClassifyRequest { Model = Path.GetFileName(folder), Image = Images.Of(kind, model.Facts) };
                await load.ClosedAsync(kind, request, Rig.Callers, rig.Seconds);
            }
        }
        report.AtMost("memory: after load on every model, MB", await server.MemoryAsync() / 1e6, 150);
    }
}
