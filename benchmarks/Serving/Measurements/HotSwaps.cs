using Grpc.Net.Client;
using Inference;

namespace LeNetServe.Serving.Measurements;

/// <summary>Swaps a version for another again and again under full load.</summary>
internal sealed class HotSwaps : IMeasurement
{
    public async Task MeasureAsync(Rig rig, Report report)
    {
        var models = Directory.CreateTempSubdirectory("lenetserve-swaps-").FullName;
        try
        {
            var (away, there) = (Path.Combine(models, ".2"), Path.Combine(models, rig.Name, "2"));
            Copy(rig.Model, Path.Combine(models, rig.Name, "1"));
            Copy(rig.Model, away);
            using var server = await ServerProcess.ServeAsync(
                rig.ServerDll, models, pinned: true,
                "--Models:Mode", "explicit", "--Models:Load", "*", "--Models:Versions", "latest:1", "--Security:OpenControl", "true");
            using var channel = GrpcChannel.ForAddress(server.Grpc);
            var control = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
            using var load = new LoadGenerator(server.Grpc);
            async Task SwapAsync()
            {
                Directory.Move(Directory.Exists(there) ? there : away, Directory.Exists(there) ? away : there);
                await control.RepositoryModelLoadAsync(new() { ModelName = rig.Name });
            }

            var pixels = rig.Request(LoadKind.Pixels);
            await load.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, 2);
            for (var swap = 0; swap < 10; swap++)
                await SwapAsync();
            var steady = await load.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, 2 * rig.Seconds);
            var before = await server.MemoryAsync();
            var swapping = true;
            var loading = load.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, () => Volatile.Read(ref swapping));
            for (var swap = 0; swap < rig.Swaps; swap++)
                await SwapAsync();
            Volatile.Write(ref swapping, false);
            var during = await loading;
            report.Add("swaps: how many", rig.Swaps);
            report.Add("swaps: a second", rig.Swaps / during.Seconds);
            report.Never("swaps: failed or refused calls", during.Failed + during.Refused);
            report.AtMost("swaps: p99 / p99 without swaps", during.Percentile(99) / steady.Percentile(99), 2);
            report.AtMost("swaps: memory afterwards, MB more", (await server.MemoryAsync() - before) / 1e6, 10);
        }
        finally
        {
            Directory.Delete(models, recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
