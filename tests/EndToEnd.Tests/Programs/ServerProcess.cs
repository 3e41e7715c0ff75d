using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LeNetServe.Client;

namespace LeNetServe.EndToEnd.Tests.Programs;

/// <summary>The inference server as a process, ready, on free ports of this machine; stopped with SIGTERM.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> error;

    private readonly LeNetServeClientOptions reach;

    private ServerProcess(Process process, LeNetServeClientOptions reach, int grpcPort, int httpPort)
    {
        (this.process, this.reach, GrpcPort, HttpPort) = (process, reach, grpcPort, httpPort);
        (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public int GrpcPort { get; }

    public int HttpPort { get; }

    public string GrpcUrl => reach.Urls[0];

    /// <summary>Starts a server on a repository of models and waits until it answers.</summary>
    public static Task<ServerProcess> Start(string models, params string[] arguments) => Start(models, new LeNetServeClientOptions(), arguments);

    /// <summary>Starts a server with TLS that asks for a token.</summary>
    /// <param name="models">Repository of models.</param>
    /// <param name="certificate">PEM file with the certificate of <c>localhost</c>, its own authority, and its key.</param>
    /// <param name="tokens">File with the token.</param>
    public static Task<ServerProcess> StartSecure(string models, string certificate, string tokens) => Start(
        models,
        new LeNetServeClientOptions { CaCertificatePath = certificate, Token = File.ReadAllText(tokens).Trim() },
        "--Security:Tls:CertificateFile", certificate, "--Security:InferenceTokensFile", tokens);

    private static async Task<ServerProcess> Start(string models, LeNetServeClientOptions reach, params string[] arguments)
    {
        var (grpc, http) = (FreePort(), FreePort());
        var process = BuiltProgram.Start("dotnet", RepositoryTree.Root,
        [
            BuiltProgram.PathOf("InferenceServer"), "--Models:Path", models, "--Listen:Address", "127.0.0.1",
            "--Listen:GrpcPort", $"{grpc}", "--Listen:HttpPort", $"{http}", .. arguments,
        ]);
        reach.Urls.Add(reach.CaCertificatePath is null ? $"http://127.0.0.1:{grpc}" : $"https://localhost:{grpc}");
        var server = new ServerProcess(process, reach, grpc, http);
        try
        {
            await server.Ready();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited && (OperatingSystem.IsWindows() || Signal(process.Id, 15) != 0))
            process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private async Task Ready()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new LeNetServeClient(reach);
        while (true)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"the server ended with exit code {process.ExitCode}\n{await output}\n{await error}");
            try
            {
                if ((await client.ListModelsAsync(cancellation)).All(model => model.State != "LOADING"))
                    return;
            }
            catch (LeNetServeException exception) when (exception.Kind == LeNetServeErrorKind.Unavailable)
            {
                // The client has waited and tried several times by itself.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
