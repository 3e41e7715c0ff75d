using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Tests.Access;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.Tests;
using LeNetServe.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Hosting;

/// <summary>Strangers open connections. A client that is connected already must not notice.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly List<TcpClient> strangers = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ClassifyRequest Request => new() { Image = ClassifierServiceTests.Stripe(1) };

    public void Dispose() => strangers.ForEach(client => client.Dispose());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_MoreThanMaxConnections_AreClosedAndConnectedClientsGoOn(bool grpc)
    {
        var log = new LogLines();
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny,
            builder =>
            {
                builder.Logging.AddProvider(log);
                // While the clock stands still, no connection is idle for long enough to give way.
                builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(DateTimeOffset.UtcNow));
            },
            "--Listen:MaxConnections=5");
        await server.Client.ClassifyAsync(Request, cancellationToken: Cancellation);
        var port = new Uri(grpc ? server.GrpcAddress : server.HttpAddress).Port;

        for (var index = 0; index < 20; index++)
            await OpenAsync(port);

        // The client that is connected already has one of the five places on its port.
        await Eventually.TrueAsync(() => strangers.Count(IsClosed) == (grpc ? 16 : 15));
        Assert.Equal(
            $"Warning A client's fault (Connections): 127.0.0.1:{port} has 5 connections, "
                + "expected at most as many (Listen:MaxConnections); 0 more of this kind since the last line",
            Assert.Single(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal)).Trim());
        var request = new ClassifyRequest { Image = ClassifierServiceTests.Stripe(1), TopK = 1 };
        Assert.Single((await server.Client.ClassifyAsync(request, cancellationToken: Cancellation)).Predictions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /")]
    public async Task Connect_FirstBytesDoNotCome_IsClosedAndOthersFindThePlace(string start)
    {
        await using var server = await TestServer.StartAsync("--Listen:MaxConnections=3", "--Listen:StartTimeout=100ms");
        foreach (var address in new[] { server.HttpAddress, server.GrpcAddress })
            for (var index = 0; index < 3; index++)
            {
                var stranger = await OpenAsync(new Uri(address).Port);
                await stranger.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(start), Cancellation);
            }

        await Eventually.TrueAsync(() => strangers.All(IsClosed));

        Assert.Equal("alive", await server.Http.GetStringAsync("/livez", Cancellation));
        Assert.Equal("b", await LabelAsync(server.Client));
    }

    [Fact]
    public async Task Connect_TlsHelloDoesNotCome_IsClosed()
    {
        using var authority = new TestAuthority("CA");
        using var directory = new TemporaryDirectory();
        authority.WriteServer(directory["server.pem"]);
        await using var server = await TestServer.StartAsync(
            $"--Security:Tls:CertificateFile={directory["server.pem"]}", "--Listen:StartTimeout=100ms");
        foreach (var address in new[] { server.HttpAddress, server.GrpcAddress })
            await OpenAsync(new Uri(address).Port);

        await Eventually.TrueAsync(() => strangers.All(IsClosed));
    }

    [Fact]
    public async Task Connection_OfHttp2OverTlsEnds_LogsNothing()
    {
        using var authority = new TestAuthority("CA");
        using var directory = new TemporaryDirectory();
        authority.WriteServer(directory["server.pem"]);
        using var log = new RecordedLog();
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny,
            builder => builder.Logging.AddProvider(log),
            $"--Security:Tls:CertificateFile={directory["server.pem"]}");
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority.Certificate },
        };
        var address = $"https://localhost:{new Uri(server.GrpcAddress).Port}";
        using (var channel = GrpcChannel.ForAddress(address, new() { HttpHandler = handler }))
            await new Classifier.ClassifierClient(channel).ClassifyAsync(Request, cancellationToken: Cancellation);

        await server.App.StopAsync(Cancellation);

        Assert.DoesNotContain(log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(100)]
    [InlineData(64)]
    [InlineData(40)]
    public async Task Start_TooFewDescriptors_IsOneLineAndTrouble(int descriptors)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs ulimit");
        using var directory = new TemporaryDirectory();
        using var process = StartLimited(descriptors, directory.Path);

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Trouble, process.ExitCode);
        var reason = $"the process may open {descriptors} files, expected {Descriptors.Least} at least (ulimit -n)";
        Assert.Equal($"error: the server cannot serve: {reason}\n", error);
    }

    [Fact]
    public async Task Connect_UntilTheDescriptorsWouldEnd_TheServerLivesAndAnswersItsClients()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs ulimit");
        using var directory = new TemporaryDirectory();
        TestServer.WriteTiny(directory.Path);
        using var process = StartLimited(600, directory.Path);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(Cancellation) ?? "";
            while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } next
                && !next.StartsWith("LeNetServe ready", StringComparison.Ordinal))
            {
            }
            var addresses = line.Split(' ').Where(word => word.Contains('=')).Select(word => word[(word.IndexOf('=') + 1)..]).ToArray();
            using var channel = GrpcChannel.ForAddress(addresses[0]);
            var client = new Classifier.ClassifierClient(channel);
            for (var index = 0; index < 700; index++)
            {
                await OpenAsync(new Uri(addresses[index % 2]).Port);
                if (index % 50 == 0)
                    await client.ClassifyAsync(Request, cancellationToken: Cancellation);
            }

            Assert.False(process.HasExited);
            Assert.Equal("b", await LabelAsync(client));
            Assert.Contains(strangers, IsClosed);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<string> LabelAsync(Classifier.ClassifierClient client) =>
        (await client.ClassifyAsync(Request, cancellationToken: Cancellation)).Predictions[0].Label;

    private static Process StartLimited(int descriptors, string models)
    {
        var program = Path.ChangeExtension(typeof(ServerOptions).Assembly.Location, ".dll");
        var command = $"ulimit -n {descriptors}; exec dotnet exec '{program}' --Models:Path '{models}' "
            + "--Listen:Address 127.0.0.1 --Listen:GrpcPort 0 --Listen:HttpPort 0 --Logging:LogLevel:Default=None";
        return Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private async Task<TcpClient> OpenAsync(int port)
    {
        var client = new TcpClient();
        strangers.Add(client);
        await client.ConnectAsync("127.0.0.1", port, Cancellation);
        return client;
    }

    private static bool IsClosed(TcpClient client)
    {
        try
        {
            return client.Client.Poll(0, SelectMode.SelectRead) && client.Client.Receive(new byte[256], SocketFlags.Peek) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
