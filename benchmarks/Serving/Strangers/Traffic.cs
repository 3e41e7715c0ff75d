using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using LeNetServe.V1;

namespace LeNetServe.Serving.Strangers;

/// <summary>The requests that mistaken and hostile callers send, one at a time. Each returns the status of its answer.</summary>
internal sealed class Traffic : IDisposable
{
    private const string Classify = "/lenetserve.v1.Classifier/Classify";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly GrpcChannel channel;
    private readonly HttpClient http = new() { Timeout = Patience };
    private readonly Classifier.ClassifierClient client;
    private readonly Uri grpcAddress, httpAddress;
    private readonly string model;

    public Traffic(string grpc, string http, string model)
    {
        grpcAddress = new(grpc);
        httpAddress = new(http);
        channel = GrpcChannel.ForAddress(grpc);
        client = new(channel);
        this.model = model;
    }

    /// <summary>Gets the requests by name, with the pause after each.</summary>
    public IEnumerable<(string Name, TimeSpan Pause, Func<Task<string>> Send)> All()
    {
        var broken = new ClassifyRequest { Model = model, Image = new() { Encoded = ByteString.CopyFrom(0x89, 0x50, 0x4e, 0x47, 1, 2) } };
        var wrongSize = new ClassifyRequest { Model = model, Image = new() { Pixels = ByteString.Empty } };
        var (png, gifs) = (Bombs.Png(model), Bombs.Gifs(model));
        var empty = new ClassifyBatchRequest { Model = model, Images = { Enumerable.Repeat(new Image(), 100_000) } };
        var outputs = string.Join(',', Enumerable.Repeat("""{"name":"o"}""", 20_000));
        var bomb = Frame(1, Gzip(new byte[64 << 20]));

        yield return Often("unknown model", () => AskAsync(new ClassifyRequest { Model = "nobody" }));
        yield return Often("wrong size", () => AskAsync(wrongSize));
        yield return Often("broken picture", () => AskAsync(broken));
        yield return Often("negative top_k", () => AskAsync(new ClassifyRequest { Model = model, TopK = -1 }));
        yield return Often("long name", () => AskAsync(new ClassifyRequest { Model = new string('x', 100_000) }));
        yield return Often("impatient", () => AskAsync(png, DateTime.UtcNow.AddMilliseconds(1)));
        yield return Often("gone", GoneAsync);
        yield return Often("broken JSON", () => PostAsync($"/v1/models/{model}:classify", "{"));
        yield return Often("deep JSON", () => PostAsync($"/v2/models/{model}/infer", new string('[', 100_000)));
        yield return Often("unknown route", () => PostAsync("/wp-admin", "{}"));
        yield return Often("flag", () => FramesAsync([255, 0, 0, 0, 1, 0]));
        yield return Often("4 GB", () => FramesAsync([0, 255, 255, 255, 255, 0]));
        yield return Often("timeout", () => FramesAsync(Frame(0, []), ("grpc-timeout", "999999999H")));
        yield return Often("broken chunk", () => SocketAsync(Head("Transfer-Encoding: chunked") + "FFFFFFFFFFFFFFFFFF\r\n"));
        yield return Often("reset", ResetAsync);
        yield return Seldom("gzip bomb", () => FramesAsync(bomb, ("grpc-encoding", "gzip")));
        yield return Seldom("empty images", async () => (await StatusAsync(client.ClassifyBatchAsync(empty).ResponseAsync)).ToString());
        yield return Seldom("gif bombs", async () => (await StatusAsync(client.ClassifyBatchAsync(gifs).ResponseAsync)).ToString());
        yield return Seldom("large picture", () => AskAsync(png));
        yield return Seldom("many outputs", () => PostAsync($"/v2/models/{model}/infer", $$"""{"inputs":[],"outputs":[{{outputs}}]}"""));
        yield return Seldom("dripping", DripAsync);
    }

    public void Dispose()
    {
        channel.Dispose();
        http.Dispose();
    }

    private static (string, TimeSpan, Func<Task<string>>) Often(string name, Func<Task<string>> send) =>
        (name, TimeSpan.FromMilliseconds(100), send);

    private static (string, TimeSpan, Func<Task<string>>) Seldom(string name, Func<Task<string>> send) =>
        (name, TimeSpan.FromSeconds(2), send);

    private async Task<string> AskAsync(ClassifyRequest request, DateTime? deadline = null) =>
        (await StatusAsync(client.ClassifyAsync(request, deadline: deadline ?? DateTime.UtcNow + Patience).ResponseAsync)).ToString();

    private async Task<string> GoneAsync()
    {
        using var gone = new CancellationTokenSource();
        var request = new ClassifyRequest { Model = model, Image = new() { Pixels = ByteString.Empty } };
        var calls = Enumerable.Range(0, 20).Select(_ => StatusAsync(
            client.ClassifyAsync(request, cancellationToken: gone.Token).ResponseAsync)).ToArray();
        await gone.CancelAsync();
        var answers = await Task.WhenAll(calls);
        return answers[0].ToString();
    }

    private static async Task<StatusCode> StatusAsync<T>(Task<T> call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    private async Task<string> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(httpAddress, path), content);
        return $"{(int)response.StatusCode}";
    }

    private async Task<string> FramesAsync(byte[] body, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(grpcAddress, Classify))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        if (header is var (name, value))
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        const string Status = "grpc-status";
        return response.Headers.TryGetValues(Status, out var values) || response.TrailingHeaders.TryGetValues(Status, out values)
            ? ((StatusCode)int.Parse(values.First())).ToString()
            : $"{(int)response.StatusCode}";
    }

    private string Head(string header) =>
        $"POST /v1/models/{model}:classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{header}\r\n\r\n";

    private async Task<string> SocketAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(httpAddress.Host, httpAddress.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        var line = await reader.ReadLineAsync().WaitAsync(Patience) ?? "";
        return line.Split(' ') is [_, var status, ..] ? status : "closed";
    }

    private async Task<string> ResetAsync()
    {
        using var socket = new TcpClient { LingerState = new(true, 0) };
        await socket.ConnectAsync(httpAddress.Host, httpAddress.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Head("Content-Length: 1000") + "{"));
        return "sent";
    }

    /// <summary>Sends a byte a second on twenty connections.</summary>
    private async Task<string> DripAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async index =>
        {
            var address = index % 2 == 0 ? grpcAddress : httpAddress;
            using var socket = new TcpClient();
            await socket.ConnectAsync(address.Host, address.Port);
            for (var second = 0; second < 5; second++)
            {
                await socket.GetStream().WriteAsync("P"u8.ToArray());
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }));
        return "sent";
    }

    private static byte[] Frame(byte flag, byte[] message)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static byte[] Gzip(byte[] message)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(message);
        return result.ToArray();
    }
}
