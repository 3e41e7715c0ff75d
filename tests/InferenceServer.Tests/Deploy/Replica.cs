using System.Diagnostics;

namespace LeNetServe.InferenceServer.Tests.Deploy;

/// <summary>The built server as a process of its own, which can be stopped and started again on the same ports.</summary>
internal sealed class Replica(string models, params string[] settings) : IAsyncDisposable
{
    private Process? process;

    public int GrpcPort { get; private set; }

    public int HttpPort { get; private set; }

    /// <summary>Starts the server and waits until it says that it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "LeNetServe.InferenceServer.dll");
        string[] arguments =
        [
            assembly, $"--Models:Path={models}", "--Listen:Address=127.0.0.1", $"--Listen:GrpcPort={GrpcPort}",
            $"--Listen:HttpPort={HttpPort}", "--Logging:LogLevel:Default=Warning", .. settings,
        ];
        // A start takes less time if the runtime does not profile the code that runs once.
        var start = new ProcessStartInfo("dotnet", arguments) { Environment = { ["DOTNET_TieredPGO"] = "0" } };
        start.RedirectStandardOutput = true;
        process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("LeNetServe listening ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                GrpcPort = new Uri(words[2]["grpc=".Length..]).Port;
                HttpPort = new Uri(words[3]["http=".Length..]).Port;
            }
            if (line.StartsWith("LeNetServe ready ", StringComparison.Ordinal))
                return;
        }
        throw new InvalidOperationException("the server ended before it was ready");
    }

    /// <summary>Sends SIGTERM and waits for the server's end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process!.Id}"]);
        await process.WaitForExitAsync(cancellationToken);
        var exit = process.ExitCode;
        process.Dispose();
        process = null;
        return exit;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }
}
