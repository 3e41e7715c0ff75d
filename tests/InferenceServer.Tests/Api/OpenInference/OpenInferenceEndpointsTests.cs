using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

public sealed class OpenInferenceEndpointsTests
{
    [Fact]
    public async Task Get_Descriptions_HaveTritonsForm()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal("lenetserve", (await GetAsync(server, "/v2")).GetProperty("name").GetString());
        Assert.True((await GetAsync(server, "/v2/health/live")).GetProperty("live").GetBoolean());
        Assert.True((await GetAsync(server, "/v2/health/ready")).GetProperty("ready").GetBoolean());
        var metadata = await GetAsync(server, "/v2/models/tiny");
        Assert.Equal("""["1"]""", metadata.GetProperty("versions").GetRawText());
        Assert.Equal("[-1,1,4,4]", metadata.GetProperty("inputs")[0].GetProperty("shape").GetRawText());
        Assert.Equal("[1,4,4]", (await GetAsync(server, "/v2/models/tiny/versions/1/config")).GetProperty("input")[0].GetProperty(
            "dims").GetRawText());
        Assert.Equal(1, (await GetAsync(server, "/v2/models/stats")).GetProperty("model_stats").GetArrayLength());
        Assert.Equal(
            "tiny", (await GetAsync(server, "/v2/models/tiny/stats")).GetProperty("model_stats")[0].GetProperty("name").GetString());
        Assert.True((await GetAsync(server, "/v2/models/tiny/ready")).GetProperty("ready").GetBoolean());
        var index = await (await server.Http.PostAsync("/v2/repository/index", null, Cancel)).Content.ReadFromJsonAsync<JsonElement>(
            Cancel);
        Assert.Equal("READY", index[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Infer_JsonAndBinary_AnswerAlike()
    {
        await using var server = await TestServer.StartAsync();
        var pixels = OpenInferenceServiceTests.Pixels(1);

        var data = string.Join(',', pixels);
        var json = await InferAsync(
            server, $$"""{"id":"x","inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"FP32","data":[{{data}}]}]}""");
        var binary = await InferAsync(server,
            """
            {"inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"UINT8","parameters":{"binary_data_size":16}}],
             "parameters":{"binary_data_output":true}}
            """,
            pixels);

        Assert.Equal(HttpStatusCode.OK, json.StatusCode);
        var body = await json.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal("x", body.GetProperty("id").GetString());
        var expected = body.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        var headerLength = int.Parse(Assert.Single(binary.Headers.GetValues(RestCallReader.HeaderLength)));
        var bytes = await binary.Content.ReadAsByteArrayAsync(Cancel);
        Assert.Equal(expected, Enumerable.Range(0, 3).Select(i => BitConverter.ToSingle(bytes, headerLength + (4 * i))));
    }

    [Fact]
    public async Task Infer_NonFiniteNumbersInJson_AnswerAsBinaryOnesDo()
    {
        await using var server = await TestServer.StartAsync();
        float[] pixels = [.. OpenInferenceServiceTests.Pixels(1).Select(pixel => (float)pixel)];
        (pixels[0], pixels[9]) = (float.NegativeInfinity, float.NaN);
        var text = string.Join(',', pixels.Select(pixel => pixel.ToString(CultureInfo.InvariantCulture)));
        const string Header = """{"inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"FP32",""";

        var json = await InferAsync(server, $$"""{{Header}}"data":[{{text}}]}]}""");
        var bytes = MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray();
        var binary = await InferAsync(server, $$$"""{{{Header}}}"parameters":{"binary_data_size":64}}]}""", bytes);

        Assert.Contains("-Infinity,", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, json.StatusCode);
        var answer = await json.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("\"data\":[null,null,null]", answer, StringComparison.Ordinal);
        Assert.Equal(await binary.Content.ReadAsStringAsync(Cancel), answer);
    }

    [Fact]
    public async Task Infer_RawBinaryRequest_IsOneImage()
    {
        await using var server = await TestServer.StartAsync();
        var floats = OpenInferenceServiceTests.Pixels(1).SelectMany(pixel => BitConverter.GetBytes((float)pixel)).ToArray();

        var response = await InferAsync(server, "", floats);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.Contains(RestCallReader.HeaderLength));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Infer_CompressedBody_IsRead(string encoding)
    {
        await using var server = await TestServer.StartAsync();
        var data = string.Join(',', OpenInferenceServiceTests.Pixels(1));
        var json = Encoding.UTF8.GetBytes(
            $$"""{"inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"UINT8","data":[{{data}}]}]}""");
        var compressed = new MemoryStream();
        await using (Stream compressor = encoding == "gzip"
            ? new GZipStream(compressed, CompressionLevel.Fastest, true)
            : new ZLibStream(compressed, CompressionLevel.Fastest, true))
            await compressor.WriteAsync(json, Cancel);
        using var content = new ByteArrayContent(compressed.ToArray());
        content.Headers.ContentEncoding.Add(encoding);

        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostAsync("/v2/models/tiny/infer", content, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip;q=0, deflate", "deflate")]
    [InlineData("gzip;q=0", null)]
    [InlineData("identity, x-gzipped", null)]
    public async Task Infer_LongAnswer_IsCompressedOnlyAsTheClientAccepts(string accepted, string? expected)
    {
        await using var server = await TestServer.StartAsync();
        var pixels = string.Join(',', OpenInferenceServiceTests.Pixels(100));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/tiny/infer")
        {
            Content = new StringContent(
                $$"""{"inputs":[{"name":"pixels","shape":[100,1,4,4],"datatype":"UINT8","data":[{{pixels}}]}]}"""),
        };
        request.Headers.Add("Accept-Encoding", accepted);

        using var response = await server.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, response.Content.Headers.ContentEncoding.SingleOrDefault());
    }

    [Fact]
    public async Task Infer_CompressionBomb_IsRefused()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxMessageBytes=65536");
        var compressed = new MemoryStream();
        await using (var compressor = new GZipStream(compressed, CompressionLevel.Fastest, true))
            await compressor.WriteAsync(new byte[10_000_000], Cancel);
        using var content = new ByteArrayContent(compressed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");

        await AssertErrorAsync(
            await server.Http.PostAsync("/v2/models/tiny/infer", content, Cancel), HttpStatusCode.BadRequest, "larger than 65536 bytes");
    }

    [Fact]
    public async Task Infer_Faults_HaveTritonsStatuses()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxMessageBytes=65536");

        await AssertErrorAsync(await server.Http.GetAsync("/v2/models/nobody", Cancel), HttpStatusCode.NotFound, "unknown model: 'nobody'");
        await AssertErrorAsync(
            await server.Http.GetAsync("/v2/models/tiny/versions/7/config", Cancel), HttpStatusCode.NotFound, "'tiny' version 7");
        await AssertErrorAsync(
            await server.Http.GetAsync("/v2/models/tiny/versions/7/ready", Cancel), HttpStatusCode.BadRequest, "Model version not ready");
        await AssertErrorAsync(await InferAsync(server, "{"), HttpStatusCode.BadRequest, "failed to parse");
        var misshaped = await InferAsync(server, """{"inputs":[{"name":"pixels","shape":[1,1,4,5],"datatype":"FP32","data":[1]}]}""");
        await AssertErrorAsync(misshaped, HttpStatusCode.BadRequest, "unexpected shape");
        await AssertErrorAsync(await InferAsync(server, new string(' ', 70_000)), HttpStatusCode.BadRequest, "larger than 65536 bytes");
        await AssertErrorAsync(
            await server.Http.GetAsync("/v2/systemsharedmemory/status", Cancel), HttpStatusCode.NotImplemented, "shared memory");
        await AssertErrorAsync(await server.Http.PostAsync("/v2/cudasharedmemory/region/x/register", null, Cancel),
            HttpStatusCode.NotImplemented, "shared memory");
        await AssertErrorAsync(await server.Http.PostAsync("/v2/trace/setting", null, Cancel), HttpStatusCode.NotImplemented, "trace");
        await AssertErrorAsync(await server.Http.PostAsync("/v2/logging", null, Cancel), HttpStatusCode.NotImplemented, "logging");
        using var brotli = new ByteArrayContent([1]);
        brotli.Headers.ContentEncoding.Add("br");
        await AssertErrorAsync(await server.Http.PostAsync("/v2/models/tiny/infer", brotli, Cancel), HttpStatusCode.UnsupportedMediaType,
            "Unsupported compression type");
        using var index = new StringContent("""{"ready":1}""");
        await AssertErrorAsync(
            await server.Http.PostAsync("/v2/repository/index", index, Cancel), HttpStatusCode.BadRequest, "Invalid value for 'ready'");
    }

    [Fact]
    public async Task Infer_TimingAskedFor_ComesInAHeader()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/tiny/infer")
        {
            Content = new ByteArrayContent(
            new byte[64])
        };
        request.Content.Headers.Add(RestCallReader.HeaderLength, "0");
        request.Headers.Add("lenetserve-timing", "1");

        using var response = await server.Http.SendAsync(request, Cancel);

        Assert.Contains("inference;dur=", Assert.Single(response.Headers.GetValues("server-timing")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AfterRequests_NameTheModel()
    {
        await using var server = await TestServer.StartAsync();
        await InferAsync(server, "", new byte[64]);
        await server.Http.GetAsync("/v2/models/nobody", Cancel);

        var text = await server.Http.GetStringAsync("/metrics", Cancel);

        Assert.Contains("nv_inference_request_success{model=\"tiny\",version=\"1\"} 1", text, StringComparison.Ordinal);
        Assert.Contains(
            "lenetserve_request_duration_us_count{model=\"\",version=\"\",outcome=\"not_found\"} 1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_CallsThatCannotBeRead_AreCounted()
    {
        await using var server = await TestServer.StartAsync();
        await InferAsync(server, "{");
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            async () => await new global::Inference.GRPCInferenceService.GRPCInferenceServiceClient(server.Channel)
            .ModelInferAsync(
                new() { ModelName = "tiny", RawInputContents = { Google.Protobuf.ByteString.Empty } }, cancellationToken: Cancel));

        var text = await server.Http.GetStringAsync("/metrics", Cancel);

        Assert.Contains(
            "lenetserve_request_duration_us_count{model=\"\",version=\"\",outcome=\"invalid\"} 2", text, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<JsonElement> GetAsync(TestServer server, string path) =>
        await server.Http.GetFromJsonAsync<JsonElement>(path, Cancel);

    private static async Task<HttpResponseMessage> InferAsync(TestServer server, string json, byte[]? binary = null)
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(json), .. binary ?? []]);
        if (binary is not null)
            content.Headers.Add(RestCallReader.HeaderLength, $"{json.Length}");
        return await server.Http.PostAsync("/v2/models/tiny/infer", content, Cancel);
    }

    private static async Task AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string message)
    {
        var body = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(status == response.StatusCode, $"{response.StatusCode}: {body}");
        using var json = JsonDocument.Parse(body);
        Assert.Contains(message, json.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
