using System.IO.Compression;
using System.Net;
using System.Text;
using LeNetServe.InferenceServer.Tests.Api.Classify;

namespace LeNetServe.InferenceServer.Tests.Api;

/// <summary>HTTP as clients speak it, on every REST route.</summary>
public sealed class HttpRulesTests
{
    private const string Classify = "/v1/models/tiny:classify";
    private const string Infer = "/v2/models/tiny/infer";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Json =>
        $$$"""{"image":{"pixels":"{{{Convert.ToBase64String(ClassifierServiceTests.Stripe(1).Pixels.Span)}}}"}}""";

    private static string InferJson => $$"""
        {"inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"UINT8",
        "data":[{{string.Join(',', ClassifierServiceTests.Stripe(1).Pixels)}}]}]}
        """;

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
    [InlineData("application/json; charset=klingon", 415)]
    [InlineData("application/json; charset=\"klingon\"", 415)]
    public async Task Post_Charset_IsReadInAnyFormOrIsUnsupported(string contentType, int expected)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(expected, await PostAsync(server, Classify, Encoding.UTF8.GetBytes(Json), contentType));
    }

    [Fact]
    public async Task Post_Utf16OrByteOrderMark_IsRead()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(200, await PostAsync(server, Classify, Encoding.Unicode.GetBytes(Json), "application/json; charset=utf-16"));
        foreach (var (path, json) in new[] { (Classify, Json), (Infer, InferJson), ("/v2/repository/index", "{}") })
        {
            byte[] body = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(json)];
            Assert.Equal(200, await PostAsync(server, path, body, "application/json"));
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

        foreach (var (path, body, type) in new[]
        {
            (Classify, Encoding.UTF8.GetBytes(Json), "application/json"),
            (Infer, Encoding.UTF8.GetBytes(InferJson), "application/json"),
            (Classify, picture, "image/png"),
        })
            Assert.Equal(expected, await PostAsync(server, path, Compress(coding, body), type, coding));
    }

    [Fact]
    public async Task Post_BrokenOrHugeGzip_IsTheClientsFault()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxMessageBytes=2000");

        Assert.Equal(400, await PostAsync(server, Classify, [1, 2, 3], "application/json", "gzip"));
        Assert.Equal(400, await PostAsync(server, Infer, [1, 2, 3], "application/json", "gzip"));
        Assert.Equal(413, await PostAsync(server, Classify, Compress("gzip", new byte[1 << 20]), "application/json", "gzip"));
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

    private static async Task<int> PostAsync(TestServer server, string path, byte[] body, string contentType, string? coding = null)
    {
        using var content = new ByteArrayContent(body);
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
