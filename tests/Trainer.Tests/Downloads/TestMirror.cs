using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeNetServe.Trainer.Tests.Downloads;

/// <summary>An HTTP/1.1 server on a free local port, one request a connection, that can misbehave in all the ways a mirror does.</summary>
internal sealed class TestMirror : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<MirrorRequest, Reply> answer;
    private readonly Task serving;

    public TestMirror(Func<MirrorRequest, Reply> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    public ConcurrentQueue<MirrorRequest> Requests { get; } = new();

    /// <summary>Called each time a reply falls silent.</summary>
    public Action OnStall { get; set; } = () => { };

    /// <summary>A sound mirror's answer: the content, from the asked byte on.</summary>
    public static Reply Serve(byte[] content, MirrorRequest request) => request.From == 0
        ? new(200, content)
        : new(206, content[request.From..]) { Headers = [$"Content-Range: bytes {request.From}-{content.Length - 1}/{content.Length}"] };

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                if (await ReadRequestAsync(stream) is not { } request)
                    return;
                Requests.Enqueue(request);
                await SendAsync(stream, answer(request));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // the client hung up, or the test is over
            }
        }
    }

    private async Task<MirrorRequest?> ReadRequestAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        if (await reader.ReadLineAsync(stop.Token) is not { } first)
            return null;
        var from = 0;
        while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } header)
            if (header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                from = int.Parse(header[13..].TrimEnd('-'), CultureInfo.InvariantCulture);
        return new(first.Split(' ')[1], from);
    }

    private async Task SendAsync(NetworkStream stream, Reply reply)
    {
        IEnumerable<string> lines =
        [
            $"HTTP/1.1 {reply.Status} Status{reply.Status}", "Connection: close", .. reply.Headers,
            .. reply.HideLength ? Array.Empty<string>() : [$"Content-Length: {reply.Body.Length}"], "", "",
        ];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines)), stop.Token);
        await stream.WriteAsync(reply.Body.AsMemory(0, reply.CloseAfter ?? reply.StallAfter ?? reply.Body.Length), stop.Token);
        if (reply.StallAfter is null)
            return;
        await stream.FlushAsync(stop.Token);
        OnStall();
        _ = await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, stop.Token);
    }
}
