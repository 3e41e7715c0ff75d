using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.V1;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests.Api;

/// <summary>Bytes that break the protocol of gRPC, sent to a method of each kind over HTTP/2 and gRPC-Web.</summary>
public sealed class GrpcRulesTests
{
    private const string Unary = "/lenetserve.v1.Classifier/Classify";
    private const string Stream = "/lenetserve.v1.Classifier/ClassifyStream";
    private const string Infer = "/inference.GRPCInferenceService/ModelInfer";
    private const string InferStream = "/inference.GRPCInferenceService/ModelStreamInfer";

    private static readonly byte[] Sound =
        Frame(0, new ClassifyRequest { Model = "tiny", Image = ClassifierServiceTests.Stripe(1) }.ToByteArray());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The faults of a body, with the status of a method of one message and of a stream.</summary>
    public static TheoryData<string, byte[], string?, StatusCode, StatusCode> Faults => new()
    {
        { "flag", [255, 0, 0, 0, 1, 0], null, StatusCode.InvalidArgument, StatusCode.InvalidArgument },
        { "4 GB", [0, 255, 255, 255, 255, 0], null, StatusCode.ResourceExhausted, StatusCode.ResourceExhausted },
        { "2 GB", [0, 127, 255, 255, 255, 0], null, StatusCode.ResourceExhausted, StatusCode.ResourceExhausted },
        { "junk in gzip", Frame(1, [1, 2, 3, 4]), "gzip", StatusCode.InvalidArgument, StatusCode.InvalidArgument },
        { "cut gzip", Frame(1, Gzip(new byte[9999])[..20]), "gzip", StatusCode.InvalidArgument, StatusCode.InvalidArgument },
        { "gzip without its trailer", Frame(1, Gzip(Sound[5..])[..^8]), "gzip", StatusCode.InvalidArgument, StatusCode.InvalidArgument },
        { "bomb", Frame(1, Gzip(new byte[9 << 20])), "gzip", StatusCode.ResourceExhausted, StatusCode.ResourceExhausted },
        { "zlib bomb", Frame(1, Zlib(new byte[9 << 20])), "deflate", StatusCode.ResourceExhausted, StatusCode.ResourceExhausted },
        { "junk in zlib", Frame(1, [1, 2, 3, 4]), "deflate", StatusCode.InvalidArgument, StatusCode.InvalidArgument },
        { "unknown compression", Frame(1, [1, 2, 3, 4]), "br", StatusCode.Unimplemented, StatusCode.Unimplemented },
        // gRPC's document on compression demands INTERNAL.
        { "compressed without encoding", Frame(1, [1, 2, 3, 4]), null, StatusCode.Internal, StatusCode.Internal },
        { "cut header", [0, 0, 0], null, StatusCode.InvalidArgument, StatusCode.InvalidArgument },
        { "cut message", Sound[..^3], null, StatusCode.InvalidArgument, StatusCode.InvalidArgument },
        { "no message", [], null, StatusCode.Unimplemented, StatusCode.OK },
        { "two messages", [.. Frame(0, []), .. Frame(0, [])], null, StatusCode.Unimplemented, StatusCode.OK },
        { "not protobuf", Frame(0, [255, 255, 255, 255]), null, StatusCode.InvalidArgument, StatusCode.InvalidArgument },
    };

    [Theory]
    [InlineData("80", "")]
    [InlineData("8384", "80")]
    public async Task Call_HeaderOfIndexZero_IsALineAMinuteWithoutATrace(string headers, string trailers)
    {
        var log = new RecordedLog();
        await using var server = await StartAsync(log);
        var address = new Uri(server.GrpcAddress);

        for (var connection = 0; connection < 3; connection++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, Cancel);
            byte[] frames = [.. Http2(4, 0, 0, ""), .. Http2(1, 4, 1, headers), .. Http2(1, 5, 1, trailers)];
            await client.GetStream().WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. frames], Cancel);
            using var answer = new MemoryStream();
            await client.GetStream().CopyToAsync(answer, Cancel);
        }

        Assert.Single(log.Entries, entry => entry.Level >= LogLevel.Warning
            && entry.Message.Contains("A client's fault (connection): Connection processing ended abnormally", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Entries, entry => entry.Message.Contains("   at ", StringComparison.Ordinal));
        Assert.Equal(StatusCode.OK, await CallAsync(server, Unary, Sound, encoding: null));
    }

    private static byte[] Http2(byte type, byte flags, byte stream, string content) =>
        [0, 0, (byte)(content.Length / 2), type, flags, 0, 0, 0, stream, .. Convert.FromHexString(content)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Call_FaultyBody_IsTheClientsFault(string what, byte[] body, string? encoding, StatusCode one, StatusCode stream)
    {
        var log = new RecordedLog();
        await using var server = await StartAsync(log);

        foreach (var (method, expected) in new[] { (Unary, one), (Infer, one), (Stream, stream), (InferStream, stream) })
            for (var call = 0; call < 5; call++)
            {
                Assert.Equal((method, expected), (method, await CallAsync(server, method, body, encoding)));
                if (what != "compressed without encoding")
                    Assert.Equal((method, expected), (method, await CallAsync(server, method, body, encoding, isWeb: true)));
            }

        var lines = log.Entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Message).ToArray();
        Assert.InRange(lines.Length, 0, 1);
        Assert.DoesNotContain(lines, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    /// <summary>A wrapper type whose bytes are cut off or of another wire type ends as other broken messages do.</summary>
    [Fact]
    public async Task Explain_BrokenWrapper_IsInvalid()
    {
        await using var server = await StartAsync(new());
        byte[][] broken = [[0x42], [0x42, 0x05, 0x08], [0x42, 0x02, 0x08, 0xff], [0x42, 0x03, 0x0a, 0x7f, 0x00], [0x42, 0x02, 0x0f, 0x01]];

        foreach (var message in broken)
            Assert.Equal(StatusCode.InvalidArgument,
                await CallAsync(server, "/lenetserve.v1.Classifier/Explain", Frame(0, message), null));
    }

    [Theory]
    [InlineData("999999999H", StatusCode.InvalidArgument)]
    [InlineData("1", StatusCode.InvalidArgument)]
    [InlineData("-1S", StatusCode.InvalidArgument)]
    [InlineData("1h", StatusCode.InvalidArgument)]
    [InlineData("99999999H", StatusCode.OK)]
    [InlineData("10S", StatusCode.OK)]
    [InlineData("0S", StatusCode.DeadlineExceeded)]
    [InlineData("0n", StatusCode.DeadlineExceeded)]
    [InlineData("99n", StatusCode.DeadlineExceeded)]
    public async Task Call_Timeout_IsReadAsTheProtocolSays(string timeout, StatusCode expected)
    {
        await using var server = await StartAsync(new());

        foreach (var method in (string[])[Unary, Stream])
        {
            // A stream has messages of another type; without a message it is sound, too.
            var body = method == Unary ? Sound : [];
            Assert.Equal(expected, await CallAsync(server, method, body, null, header: ("grpc-timeout", timeout)));
            Assert.Equal(expected, await CallAsync(server, method, body, null, isWeb: true, header: ("grpc-timeout", timeout)));
        }
    }

    [Fact]
    public async Task Call_BinaryHeaderThatIsNotBase64_IsIgnored()
    {
        await using var server = await StartAsync(new());

        foreach (var (method, body) in new[] { (Unary, Sound), (Stream, []), (InferStream, []) })
            Assert.Equal(StatusCode.OK, await CallAsync(server, method, body, null, header: ("trace-bin", "%%%")));
    }

    [Fact]
    public async Task WebText_NotBase64_IsInvalid()
    {
        await using var server = await StartAsync(new());
        using var content = new ByteArrayContent("%%%%%%%%"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc-web-text");

        using var response = await server.Http.PostAsync(Unary, content, Cancel);

        Assert.Equal($"{(int)StatusCode.InvalidArgument}", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Call_SoundCompressedMessage_IsAnswered()
    {
        await using var server = await StartAsync(new());

        Assert.Equal(StatusCode.OK, await CallAsync(server, Unary, Frame(1, Gzip(Sound[5..])), "gzip"));
        Assert.Equal(StatusCode.OK, await CallAsync(server, Unary, Frame(1, Zlib(Sound[5..])), "deflate"));
    }

    private static Task<TestServer> StartAsync(RecordedLog log) => TestServer.StartAsync(
        TestServer.WriteTiny, builder => builder.Logging.AddProvider(log));

    private static async Task<StatusCode> CallAsync(
        TestServer server, string method, byte[] body, string? encoding, bool isWeb = false, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, (isWeb ? server.HttpAddress : server.GrpcAddress) + method)
        {
            Version = isWeb ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", isWeb ? "application/grpc-web" : "application/grpc");
        if (encoding is not null)
            request.Headers.TryAddWithoutValidation("grpc-encoding", encoding);
        if (header is var (name, value))
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await server.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.Content.ReadAsByteArrayAsync(Cancel);
        const string Status = "grpc-status";
        if (response.Headers.TryGetValues(Status, out var values) || response.TrailingHeaders.TryGetValues(Status, out values))
            return (StatusCode)int.Parse(values.Single());
        // gRPC-Web has its trailers at the end of the body.
        var trailers = System.Text.Encoding.ASCII.GetString(answer);
        var at = trailers.LastIndexOf("grpc-status: ", StringComparison.Ordinal) + "grpc-status: ".Length;
        return (StatusCode)int.Parse(trailers[at..].Split('\r')[0]);
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
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(message);
        return result.ToArray();
    }

    private static byte[] Zlib(byte[] message)
    {
        using var result = new MemoryStream();
        using (var zlib = new ZLibStream(result, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(message);
        return result.ToArray();
    }
}
