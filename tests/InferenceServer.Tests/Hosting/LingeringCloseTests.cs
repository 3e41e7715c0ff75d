using System.Net;
using System.Net.Sockets;
using LeNetServe.InferenceServer.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Hosting;

/// <summary>A client speaks HTTP/2 by hand, so that it writes when the server has said its last word.</summary>
public sealed class LingeringCloseTests
{
    private const byte GoAway = 7;
    private static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
    private static readonly byte[] WindowUpdate = [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StopAsync_ClientStillWrites_IsNotReset()
    {
        // The clock stands still, so that the server's wait for the client does not end by it.
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny,
            builder => builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(DateTimeOffset.UtcNow)),
            "--Shutdown:DrainDelay=0s");
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(server.GrpcAddress).Port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Preface, Cancellation);
        _ = await ReadFrameAsync(stream);
        var stopping = server.App.StopAsync(Cancellation);
        while (await ReadFrameAsync(stream) != GoAway)
        {
        }

        for (var update = 0; update < 3; update++)
        {
            await stream.WriteAsync(WindowUpdate, Cancellation);
            await Task.Delay(20, Cancellation);
        }

        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancellation));
        await stopping;
    }

    /// <summary>A client that writes after Kestrel has completed the input, and before the connection ends, must not be aborted.</summary>
    [Fact]
    public async Task UseLingeringClose_InputIsComplete_IsReadNevertheless()
    {
        var completed = new TaskCompletionSource<Socket>();
        var written = new TaskCompletionSource();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(DateTimeOffset.UtcNow));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.UseLingeringClose();
            listener.NoteProtocol();
            listener.Run(async connection =>
            {
                await connection.Transport.Input.CompleteAsync();
                completed.SetResult(connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket);
                await written.Task;
            });
        }));
        await using var app = builder.Build();
        await app.StartAsync(Cancellation);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(app.Urls.First()).Port, Cancellation);
        await using var stream = client.GetStream();
        var served = await completed.Task.WaitAsync(Cancellation);

        for (var update = 0; update < 3; update++)
        {
            await stream.WriteAsync(WindowUpdate, Cancellation);
            // Bytes of the loopback wait in the server's socket when the write has ended.
            await Eventually.TrueAsync(() => served.Available == 0);
        }
        written.SetResult();
        await stream.WriteAsync(WindowUpdate, Cancellation);

        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task UseLingeringClose_ClientClosesFirst_LogsNoError()
    {
        var log = new RecordedLog();
        await using (var server = await TestServer.StartAsync(TestServer.WriteTiny, builder => builder.Logging.AddProvider(log)))
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", new Uri(server.GrpcAddress).Port, Cancellation);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Preface, Cancellation);
            _ = await ReadFrameAsync(stream);
            client.Client.Shutdown(SocketShutdown.Send);
            while (await stream.ReadAsync(new byte[64], Cancellation) > 0)
            {
            }
        }

        Assert.DoesNotContain(log.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task StopAsync_ClientNeverCloses_EndsNevertheless()
    {
        await using var server = await TestServer.StartAsync("--Shutdown:Timeout=10m");
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(server.GrpcAddress).Port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Preface, Cancellation);
        _ = await ReadFrameAsync(stream);

        await server.App.StopAsync(Cancellation).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
    }

    /// <summary>Reads a frame; returns its type (RFC 9113, 4.1).</summary>
    private static async Task<byte> ReadFrameAsync(NetworkStream stream)
    {
        var header = new byte[9];
        await stream.ReadExactlyAsync(header, Cancellation);
        await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]], Cancellation);
        return header[3];
    }
}
