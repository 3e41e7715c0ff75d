using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Tests.Access;
using LeNetServe.Tests;
using LeNetServe.V1;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Hosting;

/// <summary>Strangers hold all places of a listener. Each client has an address of its own, all of this machine.</summary>
public sealed class ConnectionPlacesTests : IDisposable
{
    private const string Good = "127.0.0.1";
    private const string Strange = "127.0.0.2";
    private const string New = "127.0.0.3";
    private static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
    private static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly LogLines log = new();
    private readonly List<IDisposable> clients = [];

    public ConnectionPlacesTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "needs several addresses of this machine");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<string> Warnings => log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal));

    public void Dispose() => clients.ForEach(client => client.Dispose());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TryEnter_AllAreIdle_TheLongestIdleGivesWay(bool http2)
    {
        await using var server = await StartAsync("--Listen:MaxConnections=3");
        var port = new Uri(http2 ? server.GrpcAddress : server.HttpAddress).Port;
        var strangers = new List<Socket>();
        for (var index = 0; index < 3; index++)
        {
            strangers.Add(await (http2 ? OpenHttp2Async(Strange, port) : GetAsync(await OpenAsync(Strange, port))));
            time.Advance(Second);
        }
        // A request is a use. A PING is not.
        await (http2 ? PingAsync(strangers[0]) : GetAsync(strangers[0]));
        time.Advance(2 * Second);

        if (http2)
            Assert.Equal("b", await LabelAsync(OpenChannel(New, server.GrpcAddress)));
        else
            await GetAsync(await OpenAsync(New, port));

        var victim = http2 ? 0 : 1;
        if (http2)
            Assert.Equal(FrameType.GoAway, await ReadFrameAsync(strangers[victim]));
        await Eventually.TrueAsync(() => IsClosed(strangers[victim]));
        Assert.Equal(1, strangers.Count(IsClosed));
        Assert.Equal(
            $"Warning A client's fault (IdleConnections): 127.0.0.1:{port} has 3 connections: one of 127.0.0.2, idle for "
                + $"{(http2 ? 5 : 4)} s, gives way to a new one (Listen:MaxConnections); 0 more of this kind since the last line",
            Assert.Single(Warnings).Trim());
    }

    [Fact]
    public async Task TryEnter_AllHaveACallInProgress_NobodyGivesWay()
    {
        await using var server = await StartAsync("--Listen:MaxConnections=2");
        var port = new Uri(server.HttpAddress).Port;
        var picture = Pictures.Png(new byte[16], 4, 4);
        Socket[] uploads = [await OpenAsync(Strange, port), await OpenAsync(Good, port)];
        foreach (var upload in uploads)
        {
            await SendAsync(
                upload,
                "POST /v1/models/tiny:classify HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nExpect: 100-continue\r\n"
                    + $"Content-Length: {picture.Length}\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 100 Continue", await ReceiveAsync(upload));
        }
        time.Advance(60 * Second);

        var newcomer = await OpenAsync(New, port);

        await Eventually.TrueAsync(() => IsClosed(newcomer));
        foreach (var upload in uploads)
        {
            await upload.SendAsync(picture, Cancellation);
            Assert.StartsWith("HTTP/1.1 200 OK", await ReceiveAsync(upload));
        }
    }

    [Fact]
    public async Task TryEnter_AnAddressHasTheMost_ItGivesWayAndDrivesNobodyAway()
    {
        await using var server = await StartAsync("--Listen:MaxConnections=4");
        var port = new Uri(server.HttpAddress).Port;
        var good = await GetAsync(await OpenAsync(Good, port));
        time.Advance(60 * Second);
        var strangers = new List<Socket>();
        for (var index = 0; index < 3; index++)
            strangers.Add(await GetAsync(await OpenAsync(Strange, port)));
        time.Advance(2 * Second);

        var newcomer = await GetAsync(await OpenAsync(New, port));
        await Eventually.TrueAsync(() => IsClosed(strangers[0]));
        time.Advance(2 * Second);
        for (var index = 0; index < 10; index++)
            strangers.Add(await OpenAsync(Strange, port));

        // Two of the ten take the places of the other strangers, and eight find none.
        await Eventually.TrueAsync(() => strangers.Count(IsClosed) == 11);
        await GetAsync(good);
        await GetAsync(newcomer);
    }

    [Theory]
    [InlineData("Watch")]
    [InlineData("ClassifyStream")]
    [InlineData("Reflection")]
    public async Task TryEnter_StreamsAreSilent_OnlyAnAddressWithManyOfThemGivesWay(string kind)
    {
        await using var server = await StartAsync("--Listen:MaxConnections=4");
        var good = await OpenStreamAsync("Watch", OpenChannel(Good, server.GrpcAddress));
        time.Advance(60 * Second);
        var strangers = new List<Task>();
        for (var index = 0; index < 3; index++)
        {
            strangers.Add(await OpenStreamAsync(kind, OpenChannel(Strange, server.GrpcAddress)));
            time.Advance(Second);
        }

        Assert.Equal("b", await LabelAsync(OpenChannel(New, server.GrpcAddress)));
        await Eventually.TrueAsync(() => strangers[0].IsCompleted);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => strangers[0])).StatusCode);
        // The address of the streams has no claim to another's place, nor to one of its own.
        time.Advance(Second);
        await Assert.ThrowsAsync<RpcException>(() => LabelAsync(OpenChannel(Strange, server.GrpcAddress)));

        Assert.All([good, strangers[1], strangers[2]], stream => Assert.False(stream.IsCompleted));
        Assert.All(Warnings, line => Assert.Contains("Connections): ", line));
    }

    [Fact]
    public async Task TryEnter_SilentStreamsOfManyAddresses_Stay()
    {
        await using var server = await StartAsync("--Listen:MaxConnections=4");
        var streams = new List<Task>();
        for (var host = 10; host < 14; host++)
            streams.Add(await OpenStreamAsync("Watch", OpenChannel($"127.0.0.{host}", server.GrpcAddress)));
        time.Advance(60 * Second);

        Assert.True(await IsRefusedAsync(server));

        Assert.All(streams, stream => Assert.False(stream.IsCompleted));
    }

    [Fact]
    public async Task TryEnter_StreamWaitsForAnAnswer_Stays()
    {
        await using var server = await StartAsync("--Listen:MaxConnections=1", "--Pipeline:Concurrency=1");
        var slots = server.App.Services.GetRequiredService<SlowWork>().Small;
        Assert.True(slots.EnterAsync(new(DateTime.MaxValue, Cancellation)).IsCompletedSuccessfully);
        using var stream = new Classifier.ClassifierClient(OpenChannel(Strange, server.GrpcAddress))
            .ClassifyStream(cancellationToken: Cancellation);
        // When the second message waits for the slot, the first one counts as a call.
        for (var messages = 0; messages < 2; messages++)
            await stream.RequestStream.WriteAsync(new() { Request = new() { Image = Pictures.Stripe(1), TopK = 1 } }, Cancellation);
        await Eventually.TrueAsync(() => slots.Waiting == 2);
        time.Advance(60 * Second);

        var isRefused = await IsRefusedAsync(server);
        slots.Exit();

        Assert.True(isRefused);
        Assert.True(await stream.ResponseStream.MoveNext(Cancellation));
        Assert.Equal("b", stream.ResponseStream.Current.Response.Predictions[0].Label);
        // With its answer the stream is silent.
        await Eventually.TrueAsync(async () =>
        {
            time.Advance(Second);
            return !await IsRefusedAsync(server);
        });
    }

    [Fact]
    public async Task TryEnter_AddressWithStreams_GivesWayWithoutStreamFirstAndThenByTheLastMessage()
    {
        await using var server = await StartAsync("--Listen:MaxConnections=3");
        using var talking = new Classifier.ClassifierClient(OpenChannel(Strange, server.GrpcAddress))
            .ClassifyStream(cancellationToken: Cancellation);
        await talking.RequestStream.WriteAsync(new(), Cancellation);
        Assert.True(await talking.ResponseStream.MoveNext(Cancellation));
        time.Advance(Second);
        var silent = await OpenStreamAsync("Watch", OpenChannel(Strange, server.GrpcAddress));
        time.Advance(Second);
        await talking.RequestStream.WriteAsync(new(), Cancellation);
        Assert.True(await talking.ResponseStream.MoveNext(Cancellation));
        var idle = await OpenHttp2Async(Strange, new Uri(server.GrpcAddress).Port);
        time.Advance(2 * Second);

        Assert.Equal("b", await LabelAsync(OpenChannel(New, server.GrpcAddress)));
        Assert.Equal(FrameType.GoAway, await ReadFrameAsync(idle));
        Assert.False(silent.IsCompleted);
        Assert.Equal("b", await LabelAsync(OpenChannel(Good, server.GrpcAddress)));

        await Eventually.TrueAsync(() => silent.IsFaulted);
        await talking.RequestStream.CompleteAsync();
        Assert.False(await talking.ResponseStream.MoveNext(Cancellation));
    }

    [Fact]
    public async Task TryEnter_HandshakeOfTlsIsNotFinished_IsCutOff()
    {
        using var authority = new TestAuthority("CA");
        using var directory = new TemporaryDirectory();
        authority.WriteServer(directory["server.pem"]);
        await using var server = await StartAsync(
            "--Listen:MaxConnections=1", "--Listen:StartTimeout=10m", $"--Security:Tls:CertificateFile={directory["server.pem"]}");
        var port = new Uri(server.HttpAddress).Port;
        var stranger = await OpenAsync(Strange, port);
        // The header of a hello, and its begin.
        await stranger.SendAsync((byte[])[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, .. new byte[30]], Cancellation);

        await Eventually.TrueAsync(async () =>
        {
            time.Advance(Second);
            await OpenAsync(New, port);
            return IsClosed(stranger);
        });
    }

    [Fact]
    public async Task TryEnter_UnixSocket_TheLongestIdleGivesWay()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await StartAsync("--Listen:MaxConnections=1", $"--Listen:UnixSocket={directory["grpc"]}");
        var first = await OpenHttp2Async(await OpenAsync(new UnixDomainSocketEndPoint(directory["grpc"])));
        time.Advance(Second);

        await OpenHttp2Async(await OpenAsync(new UnixDomainSocketEndPoint(directory["grpc"])));

        Assert.Equal(FrameType.GoAway, await ReadFrameAsync(first));
        await Eventually.TrueAsync(() => IsClosed(first));
    }

    /// <summary>Connections that close have their descriptors, too.</summary>
    [Fact]
    public void TryEnter_ManyAreLeaving_OthersFindNoPlace()
    {
        var places = new ConnectionPlaces(20, time);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.True(places.TryEnter(Connection(Strange), out var _, out var _)));
        time.Advance(Second);

        var entered = Enumerable.Range(10, 18).Select(host => places.TryEnter(Connection($"127.0.0.{host}"), out var _, out var _));

        Assert.Equal([.. Enumerable.Repeat(true, 16), false, false], entered);
    }

    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 32)]
    public void TryEnter_AnAddressComesAgainAndAgain_OthersFindAPlace(bool closes, int expected)
    {
        var places = new ConnectionPlaces(100, time);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(places.TryEnter(Connection(Strange), out var _, out var _)));
        time.Advance(Second);

        Assert.Equal(expected, Enumerable.Range(0, 40).Count(_ => Enter(Strange)));
        Assert.True(Enter(New));

        bool Enter(string address)
        {
            var hasEntered = places.TryEnter(Connection(address), out var place, out var idle);
            if (!hasEntered)
                places.Leave(place);
            else if (closes)
                places.Leave(idle!);
            return hasEntered;
        }
    }

    [Fact]
    public async Task CloseAsync_CallBeginsJustNow_IsNotCutOff()
    {
        var places = new ConnectionPlaces(1, time);
        using var closed = new CancellationTokenSource();
        var connection = Connection(Strange);
        connection.ConnectionClosed = closed.Token;
        places.TryEnter(connection, out var place, out var _);
        time.Advance(Second);
        Assert.True(places.TryEnter(Connection(New), out var _, out var idle));
        Assert.Same(place, idle);

        var closing = places.CloseAsync(place);
        place.BeginCall();
        time.Advance(Second);
        await closing.WaitAsync(Cancellation);

        Assert.False(place.IsLeaving);
        Assert.Null(connection.AbortReason);
        place.EndCall();
        time.Advance(Second);
        closing = places.CloseAsync(place);
        time.Advance(Second);
        await closing.WaitAsync(Cancellation);
        Assert.Equal("the connection gave way to a new one", connection.AbortReason);
    }

    private static FakeConnection Connection(string address) => new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) };

    private Task<TestServer> StartAsync(params string[] settings) => TestServer.StartAsync(
        TestServer.WriteTiny,
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            // Kestrel would cut off closing connections after five seconds of its own clock.
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinResponseDataRate = null);
            builder.Logging.AddProvider(log);
            builder.Logging.AddFilter<LogLines>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information);
        },
        settings);

    private async Task<bool> IsRefusedAsync(TestServer server)
    {
        try
        {
            await new Health.HealthClient(OpenChannel(New, server.GrpcAddress)).CheckAsync(new(), cancellationToken: Cancellation);
            return false;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
        {
            return true;
        }
    }

    private static async Task<string> LabelAsync(GrpcChannel channel) =>
        (await new Classifier.ClassifierClient(channel).ClassifyAsync(
            new() { Image = Pictures.Stripe(1), TopK = 1 }, cancellationToken: Cancellation)).Predictions[0].Label;

    /// <summary>Opens a stream that says nothing more, and waits until the server has it. The task is its end.</summary>
    private async Task<Task> OpenStreamAsync(string kind, GrpcChannel channel)
    {
        switch (kind)
        {
            case "Watch":
                var watch = Own(new Health.HealthClient(channel).Watch(new(), cancellationToken: Cancellation));
                Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
                return watch.ResponseStream.MoveNext(Cancellation);
            case "ClassifyStream":
                var classify = Own(new Classifier.ClassifierClient(channel).ClassifyStream(cancellationToken: Cancellation));
                await classify.RequestStream.WriteAsync(new(), Cancellation);
                Assert.True(await classify.ResponseStream.MoveNext(Cancellation));
                return classify.ResponseStream.MoveNext(Cancellation);
            default:
                var reflection = Own(
                    new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(cancellationToken: Cancellation));
                await reflection.RequestStream.WriteAsync(new() { ListServices = "" }, Cancellation);
                Assert.True(await reflection.ResponseStream.MoveNext(Cancellation));
                return reflection.ResponseStream.MoveNext(Cancellation);
        }
    }

    private GrpcChannel OpenChannel(string from, string address) => Own(GrpcChannel.ForAddress(address, new()
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
        DisposeHttpClient = true,
    }));

    private Task<Socket> OpenAsync(string from, int port) =>
        OpenAsync(new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.Parse(from), 0));

    private async Task<Socket> OpenAsync(EndPoint to, EndPoint? from = null)
    {
        var socket = Own(new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Unspecified));
        if (from is not null)
            socket.Bind(from);
        await socket.ConnectAsync(to, Cancellation);
        return socket;
    }

    private async Task<Socket> OpenHttp2Async(string from, int port) => await OpenHttp2Async(await OpenAsync(from, port));

    private static async Task<Socket> OpenHttp2Async(Socket socket)
    {
        await socket.SendAsync(Preface, Cancellation);
        await PingAsync(socket);
        return socket;
    }

    /// <summary>Sends a PING and reads until its answer, so that the server has seen all that came before it.</summary>
    private static async Task PingAsync(Socket socket)
    {
        await socket.SendAsync(Ping, Cancellation);
        while (await ReadFrameAsync(socket) != FrameType.Ping)
        {
        }
    }

    /// <summary>Calls, and waits until the server has noted the end of the call, which comes after the answer.</summary>
    private async Task<Socket> GetAsync(Socket socket)
    {
        var before = Finished();
        await SendAsync(socket, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK", await ReceiveAsync(socket));
        await Eventually.TrueAsync(() => Finished() > before);
        return socket;

        int Finished() => log.Lines.Count(line => line.StartsWith("Information Request finished", StringComparison.Ordinal));
    }

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text), Cancellation);

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Cancellation));
    }

    /// <summary>Reads a frame; returns its type (RFC 9113, 4.1).</summary>
    private static async Task<FrameType> ReadFrameAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket);
        var header = new byte[9];
        await stream.ReadExactlyAsync(header, Cancellation);
        await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]], Cancellation);
        return (FrameType)header[3];
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Receive(new byte[1], SocketFlags.Peek) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private T Own<T>(T client)
        where T : IDisposable
    {
        clients.Add(client);
        return client;
    }

    private sealed class FakeConnection : DefaultConnectionContext, IConnectionLifetimeNotificationFeature
    {
        public FakeConnection() => Features.Set<IConnectionLifetimeNotificationFeature>(this);

        public string? AbortReason { get; private set; }

        public CancellationToken ConnectionClosedRequested { get; set; }

        public void RequestClose()
        {
        }

        public override void Abort(ConnectionAbortedException abortReason) => AbortReason = abortReason.Message;
    }

    private enum FrameType : byte
    {
        Ping = 6,
        GoAway = 7,
    }
}
