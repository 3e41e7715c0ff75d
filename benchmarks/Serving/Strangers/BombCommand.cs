using System.Net.Sockets;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.V1;

namespace LeNetServe.Serving.Strangers;

/// <summary>Measures a good client beside idle connections, and beside 2, 20 and 600 callers that send pixel bombs.</summary>
internal static class BombCommand
{
    private const double MostMilliseconds = 100;
    private const double Settling = 2;
    private const double PerSecond = 200;
    private const int IdleConnections = 2000;
    private static readonly int[] Callers = [2, 20, 600];

    /// <summary>Prints the figures. Returns 0 if every target is met, else 4.</summary>
    public static async Task<int> RunAsync(string serverDll, string modelFolder, double seconds)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(modelFolder));
        var name = Path.GetFileName(Path.GetDirectoryName(folder)!);
        using var model = ClassifierModel.Open(folder, new() { Device = Device.Cpu });
        using var server = await ServerProcess.ServeAsync(
            Path.GetFullPath(serverDll), Path.GetDirectoryName(Path.GetDirectoryName(folder)!)!, pinned: false);
        using var good = new LoadGenerator(server.Grpc);
        var request = new ClassifyRequest { Model = name, Image = Images.Of(LoadKind.Pixels, model.Facts) };
        var report = new Report();
        await good.PacedAsync(request, PerSecond, Settling);
        var alone = await good.PacedAsync(request, PerSecond, seconds);
        Add("alone", alone, isAlone: true);
        using (await IdleAsync(server))
        {
            var beside = await good.PacedAsync(request, PerSecond, seconds);
            Add($"beside {IdleConnections} idle connections", beside, isAlone: true);
            report.AtMost("p99 beside idle connections / alone", beside.Percentile(99) / alone.Percentile(99), 2);
        }
        foreach (var kind in (string[])["gifs", "pngs"])
            foreach (var callers in Callers)
            {
                using var bombs = ServerProcess.StartSelf("bombs-of", server.Grpc, kind, $"{callers}", $"{seconds + (2 * Settling)}", name);
                await Task.Delay(TimeSpan.FromSeconds(Settling));
                Add($"beside {callers} callers of {kind}", await good.PacedAsync(request, PerSecond, seconds), isAlone: false);
                await Console.Error.WriteLineAsync($"{callers} callers of {kind}: {await bombs.StandardOutput.ReadLineAsync()}");
                await bombs.WaitForExitAsync();
            }
        return report.Write(Console.Out) ? 0 : 4;

        void Add(string what, LoadResult result, bool isAlone)
        {
            report.Add($"good client {what}: p50, ms", result.Percentile(50) / 1e3);
            if (isAlone)
                report.Add($"good client {what}: p99, ms", result.Percentile(99) / 1e3);
            else
                report.AtMost($"good client {what}: p99, ms", result.Percentile(99) / 1e3, MostMilliseconds);
            report.Never($"good client {what}: calls without an answer", result.Failed + result.Refused);
        }
    }

    /// <summary>Opens connections to both ports that send nothing. The server closes them after Listen:StartTimeout.</summary>
    private static async Task<SocketList> IdleAsync(ServerProcess server)
    {
        var idle = new SocketList();
        for (var index = 0; index < IdleConnections; index++)
        {
            var address = new Uri(index % 2 == 0 ? server.Grpc : server.Http);
            await idle.Add().ConnectAsync(address.Host, address.Port);
        }
        return idle;
    }

    private sealed class SocketList : IDisposable
    {
        private readonly List<TcpClient> clients = [];

        public TcpClient Add()
        {
            clients.Add(new());
            return clients[^1];
        }

        public void Dispose() => clients.ForEach(client => client.Dispose());
    }
}
