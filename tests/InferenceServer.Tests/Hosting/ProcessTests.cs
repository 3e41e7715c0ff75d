using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Grpc.Net.Client;
using LeNetServe.InferenceServer.Tests.Classify;
using LeNetServe.Tests;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Hosting;

/// <summary>The program as users start it.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly List<Process> started = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ProcessTests() => new TinyOnnx().Write(directory["models", "tiny", "1"], "a\nb\nc");

    public void Dispose()
    {
        foreach (var process in started.Where(process => !process.HasExited))
            process.Kill();
        directory.Dispose();
    }

    [Fact]
    public async Task Start_UntilSigterm_AnnouncesServesAndExitsWithZero()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals of Unix");
        var socket = directory["grpc.sock"];
        var process = Start(
            "--Models:Path", directory["models"], "--Listen:Address", "127.0.0.1", "--Listen:GrpcPort", "0", "--Listen:HttpPort", "0", "--Listen:UnixSocket", socket, "--Shutdown:DrainDelay", "50ms");
        var listening = Addresses().Match(await process.StandardOutput.ReadLineAsync(Cancellation) ?? "");
        var ready = await process.StandardOutput.ReadLineAsync(Cancellation);

        Assert.True(listening.Success);
        Assert.Matches(@"^LeNetServe ready after \d+ ms device=cpu models=tiny/1$", ready);
        using (var channel = GrpcChannel.ForAddress(listening.Groups["grpc"].Value))
            Assert.Equal("b", await ClassifyAsync(channel));
        using (var channel = UnixChannel(socket))
            Assert.Equal("b", await ClassifyAsync(channel));
        using (var http = new HttpClient())
            Assert.Equal("ready", await http.GetStringAsync(new Uri(listening.Groups["http"].Value + "/readyz"), Cancellation));

        _ = Kill(process.Id, 15);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Check_SoundConfiguration_ExitsWithZeroAndServesNothing()
    {
        var process = Start("--check", "--Models:Path", directory["models"]);

        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal("The configuration is sound.", output.Trim());
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Start_FaultyConfiguration_NamesEveryFaultAndExitsWithUsage()
    {
        var process = Start("--Models:Path", "/no/such/folder", "--Listen:GrpcPort", "x", "--Device", "cuda");

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Usage, process.ExitCode);
        Assert.Contains("Models:Path is \"/no/such/folder\"", error);
        Assert.Contains("Listen:GrpcPort is \"x\"", error);
        Assert.SkipWhen(LeNetServe.Runtime.Devices.ExecutionProviders.Available.Contains("CUDAExecutionProvider"), "this build has CUDA");
        Assert.Contains("Device is \"cuda\"", error);
        Assert.Contains("-p:Accelerator=cuda", error);
    }

    private Process Start(params string[] arguments)
    {
        var program = Path.ChangeExtension(typeof(LeNetServe.InferenceServer.Configuration.ServerOptions).Assembly.Location, ".dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        started.Add(process);
        return process;
    }

    private static async Task<string> ClassifyAsync(GrpcChannel channel) =>
        (await new Classifier.ClassifierClient(channel).ClassifyAsync(new() { Image = ClassifierServiceTests.Stripe(1) }, cancellationToken: Cancellation)).Predictions[0].Label;

    private static GrpcChannel UnixChannel(string path) => GrpcChannel.ForAddress("http://localhost", new()
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
    });

    [GeneratedRegex("^LeNetServe listening grpc=(?<grpc>http://127.0.0.1:[0-9]+) http=(?<http>http://127.0.0.1:[0-9]+) unix=.*$")]
    private static partial Regex Addresses();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
