using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests.Api;

/// <summary>HTTP as clients speak it, on every REST route.</summary>
public sealed class HttpRulesTests
{
    private const string Classify = "/v1/models/tiny:classify";
    private const string Explain = "/v1/models/tiny:explain";
    private const string Batch = "/v1/models/tiny:classifyBatch";
    private const string Infer = "/v2/models/tiny/infer";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Json =>
        $$$"""{"image":{"pixels":"{{{Convert.ToBase64String(ClassifierServiceTests.Stripe(1).Pixels.Span)}}}"}}""";

    private static string InferJson => $$"""
        {"inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"UINT8",
        "data":[{{string.Join(',', ClassifierServiceTests.Stripe(1).Pixels)}}]}]}
        """;

    /// <summary>Gets each route that reads JSON, with a sound body.</summary>
    private static (string Path, string Json)[] Posts =>
    [
        (Classify, Json), (Explain, Json), (Batch, $$"""{"images":[{{Json[9..^1]}}]}"""), (Infer, InferJson),
        ("/v2/repository/index", "{}"),
    ];

    [Theory]
    [InlineData("/livez", 200)]
    [InlineData("/readyz", 200)]
    [InlineData("/metrics", 200)]
    [InlineData("/openapi/v1.json", 200)]
    [InlineData("/v1/models", 200)]
    [InlineData("/v1/models/tiny", 200)]
    [InlineData("/v1/models/nobody", 404)]
    [InlineData("/v2", 200)]
    [InlineData("/v2/health/ready", 200)]
    [InlineData("/v2/models/tiny/config", 200)]
    [InlineData(Classify, 405)]
    public async Task Head_WhereGetIs_HasItsStatusAndNoBody(string path, int expected)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        using var head = await server.Http.SendAsync(request, Cancel);
        using var get = await server.Http.GetAsync(path, Cancel);

        Assert.Equal((expected, expected), ((int)head.StatusCode, (int)get.StatusCode));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData("GET", "/v1/model", 404, "/v1/model is not an address of this server; did you mean /v1/models?")]
    [InlineData("POST", "/zebra", 404, "/zebra is not an address of this server; /openapi/v1.json lists the addresses")]
    [InlineData("GET", "/v2/zebra", 404, "/v2/zebra is not an address of this server; /openapi/v1.json lists the addresses")]
    [InlineData("PUT", "/v1/models", 405, "/v1/models does not take PUT, expected GET")]
    [InlineData("POST", "/livez", 405, "/livez does not take POST, expected GET")]
    [InlineData("GET", "/v1/model/tiny", 404, "/v1/model/tiny is not an address of this server; did you mean /v1/models/tiny?")]
    [InlineData(
        "POST", "/v1/models/tiny:clasify", 404,
        "/v1/models/tiny:clasify is not an address of this server; did you mean /v1/models/tiny:classify?")]
    [InlineData(
        "POST", "/v1/models/tiny/2:classify", 404,
        "/v1/models/tiny/2:classify is not an address of this server; did you mean /v1/models/tiny/versions/2:classify?")]
    [InlineData(
        "POST", "/v1/models/tiny/version/2:clasify", 404,
        "/v1/models/tiny/version/2:clasify is not an address of this server; did you mean /v1/models/tiny/versions/2:classify?")]
    [InlineData(
        "POST", "/v1/model/tiny:classify", 404,
        "/v1/model/tiny:classify is not an address of this server; did you mean /v1/models/tiny:classify?")]
    [InlineData(
        "POST", "/models/tiny:classify", 404,
        "/models/tiny:classify is not an address of this server; did you mean /v1/models/tiny:classify?")]
    [InlineData(
        "POST", "/v1/models/:classify", 404,
        "/v1/models/:classify is not an address of this server; did you mean /v1/models/{model}:classify?")]
    [InlineData("POST", "/a/b/c:classify", 404, "/a/b/c:classify is not an address of this server; /openapi/v1.json lists the addresses")]
    [InlineData(
        "POST", "/v2/model/tiny/infer", 404, "/v2/model/tiny/infer is not an address of this server; did you mean /v2/models/tiny/infer?")]
    [InlineData("POST", "/v1/models/tiny", 405, "/v1/models/tiny does not take POST, expected GET; did you mean /v1/models/tiny:classify?")]
    [InlineData("DELETE", "/v1/models/tiny", 405, "/v1/models/tiny does not take DELETE, expected GET")]
    [InlineData("PUT", Classify, 405, "/v1/models/tiny:classify does not take PUT, expected POST")]
    [InlineData("DELETE", "/v2/models/tiny", 405, "/v2/models/tiny does not take DELETE, expected GET")]
    public async Task Send_UnknownAddressOrMethod_SaysWhatIsKnown(string method, string path, int status, string expected)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(new(method), path);

        using var response = await server.Http.SendAsync(request, Cancel);

        using var answer = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        var field = path.StartsWith("/v2", StringComparison.Ordinal) ? "error" : "message";
        Assert.Equal((status, expected), ((int)response.StatusCode, answer.RootElement.GetProperty(field).GetString()));
        string[] allowed = expected.EndsWith("POST", StringComparison.Ordinal) ? ["POST"] : ["GET", "HEAD"];
        Assert.Equal(status == 405 ? allowed : [], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData(Classify)]
    [InlineData("/v1/models/tiny/versions/1:classifyBatch")]
    public async Task Get_ClassifyRoute_IsNotAllowed(string path)
    {
        await using var server = await TestServer.StartAsync();

        using var response = await server.Http.GetAsync(path, Cancel);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"", 200)]
    [InlineData("application/json; charset=UTF-8", 200)]
    [InlineData("Application/JSON;charset=us-ascii", 200)]
    [InlineData("application/json; charset=utf8", 200)]
    [InlineData("application/json; charset=\"utf\\-8\"", 200)]
    [InlineData("application/vnd.api+json", 200)]
    [InlineData("application/json; charset=klingon", 415)]
    [InlineData("application/json; charset=utf-7", 415)]
    [InlineData("application/json; charset=\"klingon\"", 415)]
    public async Task Post_Charset_IsReadInAnyFormOrIsUnsupported(string contentType, int expected)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (path, json) in Posts)
            Assert.Equal((path, expected), (path, await PostAsync(server, path, Encoding.UTF8.GetBytes(json), contentType)));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("text/json")]
    [InlineData("multipart/mixed; boundary=b")]
    [InlineData("application/json;;;")]
    [InlineData("application/grpc")]
    [InlineData("*/*")]
    [InlineData(";")]
    [InlineData(null)]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Post_JsonOfAnotherContentType_IsUnsupportedAndNamesTheExpectedOne(string? contentType)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (path, json) in Posts.Where(post => post.Path.StartsWith("/v1", StringComparison.Ordinal)))
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            if (contentType is not null)
                content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using var response = await server.Http.PostAsync(path, content, Cancel);

            Assert.Equal((path, HttpStatusCode.UnsupportedMediaType), (path, response.StatusCode));
            using var answer = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
            Assert.Equal(
                $"Content-Type is \"{contentType}\", expected application/json for JSON, "
                    + "image/*, application/octet-stream or multipart/form-data for pictures",
                answer.RootElement.GetProperty("message").GetString());
        }
    }

    /// <summary>Triton does not look at the content type, and its clients send any.</summary>
    [Theory]
    [InlineData("text/plain")]
    [InlineData(null)]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Post_OpenInferenceOfAnyContentType_IsRead(string? contentType)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (path, json) in Posts.Where(post => post.Path.StartsWith("/v2", StringComparison.Ordinal)))
            Assert.Equal((path, 200), (path, await PostAsync(server, path, Encoding.UTF8.GetBytes(json), contentType)));
    }

    [Theory]
    [InlineData("topK\":1,\"topK", "topK")]
    [InlineData("topK\":1,\"top_k", "topK")]
    [InlineData("model\":\"\",\"model", "model")]
    public async Task Post_FieldTwice_IsInvalid(string names, string expected)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in (string[])[Classify, Batch, Explain])
        {
            using var content = new StringContent($"{{\"{names}\":null}}", Encoding.UTF8, "application/json");
            using var response = await server.Http.PostAsync(path, content, Cancel);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains($"the field \\\"{expected}\\\" is given more than once", await response.Content.ReadAsStringAsync(Cancel));
        }
    }

    [Fact]
    public async Task Unload_BodyThatIsNotRead_IsRejected()
    {
        await using var server = await TestServer.StartAsync(
            "--Models:Mode=explicit", "--Models:Load=*", "--Security:OpenControl=true");
        const string Unload = "/v2/repository/models/tiny/unload";

        Assert.Equal(415, await PostAsync(server, Unload, "{}"u8.ToArray(), "application/json", "br"));
        Assert.Equal(400, await PostAsync(server, Unload, "{"u8.ToArray(), "application/json"));
        Assert.Equal(200, await PostAsync(server, Unload, "{}"u8.ToArray(), "application/json"));
    }

    [Fact]
    public async Task Post_Utf16OrByteOrderMark_IsRead()
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (path, json) in Posts)
        {
            byte[] body = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(json)];
            Assert.Equal((path, 200), (path, await PostAsync(server, path, body, "application/json")));
            body = Encoding.Unicode.GetBytes(json);
            Assert.Equal((path, 200), (path, await PostAsync(server, path, body, "application/json; charset=utf-16")));
        }
    }

    [Theory]
    [InlineData("gzip", 200)]
    [InlineData("GZIP", 200)]
    [InlineData("deflate", 200)]
    [InlineData("identity", 200)]
    [InlineData("br", 415)]
    [InlineData("gzip, gzip", 415)]
    public async Task Post_ContentCoding_IsReadInAnyCaseOrIsUnsupported(string coding, int expected)
    {
        await using var server = await TestServer.StartAsync();
        var picture = Pictures.Png([.. ClassifierServiceTests.Stripe(1).Pixels], 4, 4);

        foreach (var (path, json) in Posts)
            Assert.Equal((path, expected), (path, await PostAsync(
                server, path, Compress(coding, Encoding.UTF8.GetBytes(json)), "application/json", coding)));
        foreach (var path in (string[])[Classify, Batch, Explain])
            Assert.Equal((path, expected), (path, await PostAsync(server, path, Compress(coding, picture), "image/png", coding)));
    }

    [Fact]
    public async Task Post_BrokenOrHugeGzip_IsTheClientsFault()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxMessageBytes=20000");

        foreach (var (path, _) in Posts)
        {
            Assert.Equal((path, 400), (path, await PostAsync(server, path, [1, 2, 3], "application/json", "gzip")));
            var bomb = Compress("gzip", new byte[1 << 20]);
            // Triton has 400 for what is too large.
            var expected = path.StartsWith("/v2", StringComparison.Ordinal) ? 400 : 413;
            Assert.Equal((path, expected), (path, await PostAsync(server, path, bomb, "application/json", "gzip")));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Post_CompressedBodyWithAWrongChecksum_SaysThatItIsDamaged(string coding)
    {
        await using var server = await TestServer.StartAsync();
        var body = Compress(coding, Encoding.UTF8.GetBytes(Json));
        body[^(coding == "gzip" ? 8 : 1)] ^= 1;
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);

        using var response = await server.Http.PostAsync(Classify, content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(
            $"the body is not valid {coding}: it is damaged, cut off, or of another coding",
            await response.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("gzip", 8)]
    [InlineData("gzip", 1)]
    [InlineData("deflate", 4)]
    public async Task Post_CompressedBodyThatEndsEarly_IsTheClientsFault(string coding, int cut)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (path, json) in Posts)
            Assert.Equal((path, 400), (path, await PostAsync(
                server, path, Compress(coding, Encoding.UTF8.GetBytes(json))[..^cut], "application/json", coding)));
    }

    [Fact]
    public async Task Options_OfTheWholeServer_AreNotAllowed()
    {
        await using var server = await TestServer.StartAsync();
        var address = new Uri(server.HttpAddress);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancel);
        await client.GetStream().WriteAsync("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancel);
        using var reader = new StreamReader(client.GetStream());

        Assert.Equal("HTTP/1.1 405 Method Not Allowed", await reader.ReadLineAsync(Cancel));
    }

    /// <summary>URL-safe base64 with and without padding is what ProtoJSON says.</summary>
    [Fact]
    public async Task Post_Base64_IsReadInEveryForm()
    {
        await using var server = await TestServer.StartAsync();
        var base64 = Convert.ToBase64String([.. Enumerable.Repeat((byte)0xfb, 16)]);
        var png = Convert.ToBase64String(Pictures.Png([.. ClassifierServiceTests.Stripe(1).Pixels], 4, 4));
        Func<string, string>[] forms =
        [
            text => text,
            text => text.TrimEnd('='),
            text => text.Replace('+', '-').Replace('/', '_'),
            text => text.Replace('+', '-').Replace('/', '_').TrimEnd('='),
            text => string.Join("\\r\\n", text.Chunk(7).Select(line => new string(line))),
        ];

        foreach (var form in forms)
        {
            var image = $$"""{"pixels":"{{form(base64)}}"}""";
            foreach (var (path, json) in new[]
            {
                (Classify, $$"""{"image":{{image}}}"""), (Explain, $$"""{"image":{{image}}}"""), (Batch, $$"""{"images":[{{image}}]}"""),
                (Infer, $$"""{"inputs":[{"name":"pixels","shape":[1],"datatype":"BYTES","data":["{{form(png)}}"]}]}"""),
            })
                Assert.Equal((path, 200), (path, await PostAsync(server, path, Encoding.UTF8.GetBytes(json), "application/json")));
        }
    }

    [Theory]
    [InlineData("name=\"topK\"", "", "the form has the field \"topK\", expected only files; options are query parameters")]
    [InlineData("name=\"topK\"", "Content-Type: text/plain; charset=utf-7\r\n", "the form cannot be read: ")]
    public async Task Post_FormWithAField_SaysWhatIsWrong(string name, string header, string expected)
    {
        await using var server = await TestServer.StartAsync();
        var form = $"--edge\r\nContent-Disposition: form-data; {name}\r\n{header}\r\n3\r\n--edge--\r\n";
        using var content = new StringContent(form) { Headers = { ContentType = new("multipart/form-data") } };
        content.Headers.ContentType.Parameters.Add(new("boundary", "edge"));

        using var response = await server.Http.PostAsync(Classify, content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var answer = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Contains(expected, answer.RootElement.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("{\"image\":{\"pixels\":\"?\"}}", "image.pixels is not base64")]
    [InlineData("{\"attribution\":\"magic\"}", "attribution is \"magic\", expected ATTRIBUTION_METHOD_UNSPECIFIED")]
    [InlineData("{\"layers\":[1]}", "layers[0] is not a valid string")]
    [InlineData("{\"target\":1e999}", "target is 1e999, expected a whole number")]
    [InlineData("{\"targets\":1}", "did you mean \"target\"?")]
    public async Task Explain_FaultyJson_NamesTheField(string json, string expected)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new("application/json") } };

        using var response = await server.Http.PostAsync(Explain, content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var answer = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Contains(expected, answer.RootElement.GetProperty("message").GetString());
    }

    /// <summary>Broken chunks on a socket, because clients of .NET cannot send them.</summary>
    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFF")]
    [InlineData("7FFFFFFF")]
    [InlineData("-1")]
    [InlineData("zebra")]
    public async Task Post_BrokenChunk_IsTheClientsFault(string size)
    {
        var log = new RecordedLog();
        await using var server = await TestServer.StartAsync(TestServer.WriteTiny, builder => builder.Logging.AddProvider(log));
        string[] types = ["application/json", "image/png", "multipart/form-data; boundary=b", "application/octet-stream"];

        // The server waits some seconds for the rest of a chunk of an acceptable size, so all requests are sent at once.
        var answers = await Task.WhenAll(
            from post in Posts
            from type in types
            let headers = $"Host: x\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n"
            select ExchangeAsync(new Uri(server.HttpAddress), $"POST {post.Path} HTTP/1.1\r\n{headers}\r\n{size}\r\n{{}}\r\n"));

        Assert.All(answers, answer => Assert.Matches("^HTTP/1.1 4(00|13) ", answer));
        Assert.DoesNotContain(log.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData(Classify + "?top_k=2", "unknown query parameter \\u0022top_k\\u0022; did you mean topK?")]
    [InlineData(Classify + "?topK=1&topK=2", "topK is given 2 times, expected once")]
    [InlineData("/v1/models?verbose=1", "unknown query parameter")]
    [InlineData("/v2/models/tiny?foo=1", "unknown query parameter")]
    public async Task Post_UnknownQuery_IsAnErrorThatNamesTheNearest(string path, string expected)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Json)) { Headers = { ContentType = new("application/json") } };

        using var response = path.Contains("classify", StringComparison.Ordinal)
            ? await server.Http.PostAsync(path, content, Cancel)
            : await server.Http.GetAsync(path, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Contains(expected.Replace("\\u0022", "\""), body.Replace("\\u0022", "\"").Replace("\\\"", "\""));
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/livez?cache=1", Cancel)).StatusCode);
    }

    private static async Task<string> ExchangeAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, Cancel);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(Cancel) ?? "";
    }

    private static async Task<int> PostAsync(TestServer server, string path, byte[] body, string? contentType, string? coding = null)
    {
        using var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (coding is not null)
            content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        using var response = await server.Http.PostAsync(path, content, Cancel);
        return (int)response.StatusCode;
    }

    private static byte[] Compress(string coding, byte[] body)
    {
        using var result = new MemoryStream();
        using (Stream compressor = coding.ToLowerInvariant() switch
        {
            "gzip" => new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(result, CompressionLevel.Fastest, leaveOpen: true),
            _ => result,
        })
            compressor.Write(body);
        return result.ToArray();
    }
}
