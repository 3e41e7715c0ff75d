using System.Diagnostics;

namespace LeNetServe.EndToEnd.Tests.Programs;

/// <summary>The inference server as a process, ready, on free ports of this machine; stopped with SIGTERM.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process process;

    private ServerProcess(Process process, int grpcPort, int httpPort, string grpcUrl)
    {
        this.process = process;
        GrpcPort = grpcPort;
        HttpPort = httpPort;
        GrpcUrl = grpcUrl;
    }

    public int GrpcPort { get; }

    public int HttpPort { get; }

    public string GrpcUrl { get; }

    /// <summary>Starts a server on a repository of models and waits until it says that they are loaded.</summary>
    public static async Task<ServerProcess> Start(string models, params string[] arguments)
    {
        var process = BuiltProgram.Start("dotnet", RepositoryTree.Root,
        [
            BuiltProgram.PathOf("InferenceServer"), "--Models:Path", models, "--Listen:Address", "127.0.0.1",
            "--Listen:GrpcPort", "0", "--Listen:HttpPort", "0", .. arguments,
        ]);
        try
        {
            var (listening, said) = ("", "");
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(1));
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                said += line + '\n';
                if (line.StartsWith("LeNetServe listening ", StringComparison.Ordinal))
                    listening = line;
                if (!line.StartsWith("LeNetServe ready ", StringComparison.Ordinal))
                    continue;
                // The log must be read to its end: the server would wait at a full pipe.
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                var (grpc, http) = (Address(listening, "grpc="), Address(listening, "http="));
                // A certificate is for a name.
                return new(
                    process, grpc.Port, http.Port, $"{grpc.Scheme}://{(grpc.Scheme == "https" ? "localhost" : grpc.Host)}:{grpc.Port}");
            }
            throw new InvalidOperationException($"the server ended before it was ready\n{said}\n{await error}");
        }
        catch
        {
            process.Kill();
            await Stop(process);
            throw;
        }
    }

    /// <summary>Starts a server with TLS that asks for a token.</summary>
    /// <param name="models">Repository of models.</param>
    /// <param name="certificate">PEM file with the certificate of <c>localhost</c>, its own authority, and its key.</param>
    /// <param name="tokens">File with the token.</param>
    public static Task<ServerProcess> StartSecure(string models, string certificate, string tokens) =>
        Start(models, "--Security:Tls:CertificateFile", certificate, "--Security:InferenceTokensFile", tokens);

    public async ValueTask DisposeAsync() => await Stop(process);

    private static async Task Stop(Process process)
    {
        if (!process.HasExited && (OperatingSystem.IsWindows() || Signal(process.Id, 15) != 0))
            process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static Uri Address(string listening, string name) =>
        new(listening.Split(' ').First(word => word.StartsWith(name, StringComparison.Ordinal))[name.Length..]);

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
