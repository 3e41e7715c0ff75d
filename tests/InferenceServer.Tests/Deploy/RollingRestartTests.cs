using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Net.Client;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;
using LeNetServe.Tests;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Deploy;

/// <summary>Two replicas behind HAProxy, as <c>deploy/haproxy/haproxy.cfg</c> has it, are restarted in turn under load.</summary>
[Collection(RunsAlone.Name)]
public sealed class RollingRestartTests(ITestOutputHelper output) : IDisposable
{
    private const string HaProxy = "/usr/sbin/haproxy";
    private const string CheckEvery = "250ms";
    private readonly TemporaryDirectory directory = new();
    private readonly ConcurrentQueue<string> said = new();

    /// <summary>
    /// The gRPC and REST callers do not retry, so that each request that a draining server lost would show.
    /// LENETSERVE_ROLLING_RESTARTS sets the number of restarts; a large number needs the argument --timeout as well.
    /// The interval of the checks and the drain delay are half of those that deploy/haproxy/haproxy.cfg names.
    /// </summary>
    [Fact]
    public async Task Restart_OneReplicaAfterTheOther_LosesNoRequest()
    {
        Assert.SkipUnless(File.Exists(HaProxy), "haproxy is not installed");
        var restarts = int.TryParse(Environment.GetEnvironmentVariable("LENETSERVE_ROLLING_RESTARTS"), out var asked) ? asked : 50;
        TestServer.WriteTiny(directory.Path);
        await using var first = new Replica(directory.Path, "--Shutdown:DrainDelay=1s");
        await using var second = new Replica(directory.Path, "--Shutdown:DrainDelay=1s");
        await Task.WhenAll(first.StartAsync(Cancel), second.StartAsync(Cancel));
        var (grpcPort, httpPort) = (FreePort(), FreePort());
        using var proxy = StartProxy(first, second, grpcPort, httpPort);
        try
        {
            await Eventually.TrueAsync(() => AreUpAsync(proxy, 4));
            using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}", new() { MaxRetryAttempts = 1 });
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{httpPort}") };
            Task<int>[] callers =
            [
                .. Enumerable.Range(0, 4).Select(_ => Task.Run(() => CallAsync(new(channel), end.Token), Cancel)),
                .. Enumerable.Range(0, 2).Select(_ => Task.Run(() => PostAsync(http, end.Token), Cancel)),
            ];

            for (var restart = 0; restart < restarts && !callers.Any(caller => caller.IsFaulted); restart++)
            {
                var replica = restart % 2 == 0 ? first : second;
                Assert.Equal(0, await replica.StopAsync(Cancel));
                await replica.StartAsync(Cancel);
                await Eventually.TrueAsync(() => AreUpAsync(proxy, 4));
            }

            await end.CancelAsync();
            var answered = await Task.WhenAll(callers);
            Assert.All(answered, count => Assert.True(count > 0));
            output.WriteLine($"{restarts} restarts, {answered.Sum()} requests, none failed");
        }
        finally
        {
            proxy.Kill();
            await proxy.WaitForExitAsync(CancellationToken.None);
            output.WriteLine(string.Join('\n', said.TakeLast(20)));
        }
    }

    public void Dispose() => directory.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<int> CallAsync(Classifier.ClassifierClient client, CancellationToken end)
    {
        var request = new ClassifyRequest { Image = new() { Pixels = ByteString.CopyFrom(new byte[16]) } };
        var answered = 0;
        while (!end.IsCancellationRequested)
        {
            var deadline = DateTime.UtcNow.AddSeconds(30);
            Assert.Equal("tiny", (await client.ClassifyAsync(request, deadline: deadline, cancellationToken: Cancel)).Model);
            answered++;
        }
        return answered;
    }

    private static async Task<int> PostAsync(HttpClient http, CancellationToken end)
    {
        var answered = 0;
        while (!end.IsCancellationRequested)
        {
            using var content = new ByteArrayContent(new byte[64]);
            content.Headers.Add(RestCallReader.HeaderLength, "0");
            using var response = await http.PostAsync("/v2/models/tiny/infer", content, Cancel);
            Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancel)}");
            answered++;
        }
        return answered;
    }

    private Process StartProxy(Replica first, Replica second, int grpcPort, int httpPort)
    {
        var configuration = Path.Combine(RepositoryRoot.Find(), "deploy", "haproxy", "haproxy.cfg");
        var proxy = Process.Start(new ProcessStartInfo(HaProxy, ["-db", "-f", configuration])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["LENETSERVE_STATS"] = directory["stats"],
                ["LENETSERVE_CHECK_EVERY"] = CheckEvery,
                ["LENETSERVE_GRPC"] = $"127.0.0.1:{grpcPort}",
                ["LENETSERVE_HTTP"] = $"127.0.0.1:{httpPort}",
                ["REPLICA1_GRPC"] = $"127.0.0.1:{first.GrpcPort}",
                ["REPLICA2_GRPC"] = $"127.0.0.1:{second.GrpcPort}",
                ["REPLICA1_HTTP_PORT"] = $"{first.HttpPort}",
                ["REPLICA2_HTTP_PORT"] = $"{second.HttpPort}",
                ["REPLICA1_HTTP"] = $"127.0.0.1:{first.HttpPort}",
                ["REPLICA2_HTTP"] = $"127.0.0.1:{second.HttpPort}",
            },
        })!;
        // HAProxy writes lines about each restart, and a full pipe would block the process.
        void Note(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null)
                said.Enqueue(line.Data);
        }

        proxy.OutputDataReceived += Note;
        proxy.ErrorDataReceived += Note;
        proxy.BeginOutputReadLine();
        proxy.BeginErrorReadLine();
        return proxy;
    }

    /// <summary>Tells if the checks of so many servers pass in HAProxy's view.</summary>
    private async Task<bool> AreUpAsync(Process proxy, int expected)
    {
        Assert.False(proxy.HasExited, "HAProxy has ended");
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(directory["stats"]), Cancel);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync("show stat\n"u8.ToArray(), Cancel);
            using var reader = new StreamReader(stream);
            var servers =
                from line in (await reader.ReadToEndAsync(Cancel)).Split('\n')
                let fields = line.Split(',')
                where fields.Length > 17 && fields[1].StartsWith("replica", StringComparison.Ordinal)
                select fields;
            // HAProxy says "UP" before a server's first check; "L7OK" says that a check has passed.
            return servers.Count(fields => fields[17] == "UP" && fields[36] == "L7OK") == expected;
        }
        catch (SocketException)
        {
            // HAProxy has not made its socket yet.
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
