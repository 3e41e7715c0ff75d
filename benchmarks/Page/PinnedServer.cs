using System.Diagnostics;

namespace LeNetServe.Page;

/// <summary>A server on core 0.</summary>
internal sealed class PinnedServer : IDisposable
{
    private readonly Process process;

    private PinnedServer(Process process, string address)
    {
        this.process = process;
        Address = address;
    }

    public string Address { get; }

    public static async Task<PinnedServer> StartAsync(string dll, string models)
    {
        string[] arguments = ["-c", "0", "dotnet", "exec", dll, models, "--Listen:Address=127.0.0.1", "--Listen:GrpcPort=0",
            "--Listen:HttpPort=0"];
        var start = new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var at = line.IndexOf("http=http://", StringComparison.Ordinal);
            if (line.StartsWith("LeNetServe listening", StringComparison.Ordinal) && at >= 0)
                return new(process, line[(at + "http=".Length)..].Trim());
        }
        throw new InvalidOperationException($"{dll} ended before it listened");
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
