using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

public sealed class RestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/models/tiny:classify")]
    [InlineData("/v1/models/tiny/versions/1:classify")]
    public async Task Classify_Json_AnswersAsGrpcDoes(string path)
    {
        await using var server = await TestServer.StartAsync();
        var pixels = Convert.ToBase64String(ClassifierServiceTests.Stripe(1).Pixels.Span);

        var answer = await PostJsonAsync(server, path, $$"""{"image":{"pixels":"{{pixels}}"},"topK":1}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var prediction = answer.Json.GetProperty("predictions")[0];
        Assert.Equal("b", prediction.GetProperty("label").GetString());
        Assert.Equal("1", answer.Json.GetProperty("version").GetString());
        Assert.Equal(1, answer.Json.GetProperty("predictions").GetArrayLength());
    }

    [Theory]
    [InlineData("/v1/models/tiny", """ "model":"other" """, "the body says model \"other\", expected \"tiny\" as in the address")]
    [InlineData("/v1/models/tiny", """ "model":"tiny@stable" """, "the body says model \"tiny@stable\", expected \"tiny\"")]
    [InlineData("/v1/models/tiny/versions/1", """ "version":"2" """, "the body says version 2, expected 1 as in the address")]
    [InlineData("/v1/models/tiny", """ "model":"tiny" """, null)]
    [InlineData("/v1/models/tiny", """ "model":"", "version":1 """, null)]
    [InlineData("/v1/models/tiny/versions/1", """ "model":"tiny","version":"1" """, null)]
    [InlineData("/v1/models/tiny/versions/1", """ "version":0 """, null)]
    public async Task Post_BodyNamesAnotherModelThanTheAddress_IsAnErrorThatNamesBoth(string address, string named, string? expected)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var call in new[] { "classify", "classifyBatch", "explain" })
        {
            const string Image = """{"pixels":"AAAAAAAAAAAAAAAAAAAAAA=="}""";
            var images = call == "classifyBatch" ? $"\"images\":[{Image}]" : $"\"image\":{Image}";

            var answer = await PostJsonAsync(server, $"{address}:{call}", $"{{{named},{images}}}");

            Assert.Equal(expected is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
            if (expected is not null)
                Assert.StartsWith(expected, answer.Json.GetProperty("message").GetString());
        }
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/octet-stream")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Classify_FileAsItIs_AnswersAsJsonDoes(string contentType)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new ByteArrayContent(Png(2)) { Headers = { ContentType = new(contentType) } };

        var answer = await PostAsync(server, "/v1/models/tiny:classify?topK=2&geometry=none", content);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("c", answer.Json.GetProperty("predictions")[0].GetProperty("label").GetString());
        Assert.Equal(2, answer.Json.GetProperty("predictions").GetArrayLength());
        Assert.Equal("tiny", answer.Json.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Classify_FormWithOneFile_IsThatFile()
    {
        await using var server = await TestServer.StartAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Png(1)), "image", "digit.png" } };

        var answer = await PostAsync(server, "/v1/models/tiny:classify", form);

        Assert.Equal("b", answer.Json.GetProperty("predictions")[0].GetProperty("label").GetString());
    }

    [Fact]
    public async Task ClassifyBatch_FormWithManyFiles_AnswersEach()
    {
        await using var server = await TestServer.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Png(0)), "images", "a.png" }, { new ByteArrayContent([1, 2, 3]), "images",
                "broken.png" }, { new ByteArrayContent(Png(2)), "images", "c.png" },
        };

        var answer = await PostAsync(server, "/v1/models/tiny/versions/1:classifyBatch", form);

        var items = answer.Json.GetProperty("items");
        Assert.Equal("a", items[0].GetProperty("predictions")[0].GetProperty("label").GetString());
        Assert.Equal(3, items[1].GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("c", items[2].GetProperty("predictions")[0].GetProperty("label").GetString());
    }

    [Theory]
    [InlineData("/v1/models/tiny:classify", "image/png", "no picture at all", 400, "no picture at all")]
    [InlineData("/v1/models/tiny:classify", "image/png", "", 400, "the picture has 0 bytes")]
    [InlineData("/v1/models/nobody:classify", "image/png", "x", 404, "expected one of tiny")]
    [InlineData("/v1/models/tiny/versions/9:classify", "image/png", "x", 404, "has no version 9")]
    [InlineData("/v1/models/tiny/versions/x:classify", "image/png", "x", 400, "version is")]
    [InlineData("/v1/models/tiny:classify?topK=many", "image/png", "x", 400, "topK is")]
    [InlineData("/v1/models/tiny:classify?geometry=round", "image/png", "x", 400, "expected fit, digit or none")]
    [InlineData("/v1/models/tiny:classify", "multipart/form-data; boundary=b", "nonsense", 400, "form")]
    [InlineData("/v1/models/tiny:classify", "multipart/form-data", "nonsense", 400, "form")]
    [InlineData("/v1/models/tiny:classify", "application/json", "{", 400, "")]
    [InlineData("/v1/models/tiny:classify", "application/json", "[]", 400, "")]
    [InlineData("/v1/models/tiny:classify", "application/json", """{"image":{"pixels":"AAA="}}""", 400, "2 bytes of pixels, expected 16")]
    [InlineData("/v1/models/tiny:classify", "application/json", """{"image":{"pixels":7}}""", 400, "")]
    [InlineData("/v1/models/tiny/versions/x:classify", "application/json", "{}", 400, "")]
    public async Task Classify_FaultyRequest_SaysWhatIsWrong(string path, string contentType, string body, int status, string expected)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var answer = await PostAsync(server, path, content);

        Assert.Equal(status, (int)answer.Status);
        Assert.Contains(expected, answer.Json.ToString());
    }

    [Theory]
    [InlineData("/v1/models/tiny/versions/x:classify", "version")]
    [InlineData("/v1/models/tiny:classify?topK=many", "top_k")]
    [InlineData("/v1/models/tiny:classify?geometry=round", "geometry")]
    public async Task Classify_FaultyQuery_NamesTheField(string path, string field)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new ByteArrayContent(Png(0)) { Headers = { ContentType = new("image/png") } };

        var answer = await PostAsync(server, path, content);

        var violation = answer.Json.GetProperty("details")[0].GetProperty("fieldViolations")[0];
        Assert.Equal(field, violation.GetProperty("field").GetString());
    }

    [Fact]
    public async Task Classify_BodyOverTheLimit_IsTooLarge()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxMessageBytes=2000");
        using var content = new ByteArrayContent(new byte[5000]) { Headers = { ContentType = new("image/png") } };

        var answer = await PostAsync(server, "/v1/models/tiny:classify", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal(
            "the body is larger than 2000 bytes; "
            + "send less or smaller pictures, or start the server with a larger --Limits:MaxMessageBytes",
            answer.Json.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Classify_PictureOverTheLimit_SaysTheLimitToRaise()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxImagePixels=15");
        using var content = new ByteArrayContent(Png(0)) { Headers = { ContentType = new("image/png") } };

        var answer = await PostAsync(server, "/v1/models/tiny:classify", content);

        Assert.Equal(
            (HttpStatusCode.RequestEntityTooLarge, "the PNG header says 4×4 = 16 pixels, expected at most 15; "
                + "send less or smaller pictures, or start the server with a larger --Limits:MaxImagePixels"),
            (answer.Status, answer.Json.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Classify_FormOverTheLimit_IsTooLarge()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxMessageBytes=2000");
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[5000]), "image", "digit.png" } };

        var answer = await PostAsync(server, "/v1/models/tiny:classify", form);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
    }

    [Fact]
    public async Task GetModel_AndListModels_AnswerAsJson()
    {
        await using var server = await TestServer.StartAsync();

        var list = await GetAsync(server, "/v1/models");
        var one = await GetAsync(server, "/v1/models/tiny");
        var version = await GetAsync(server, "/v1/models/tiny/versions/1");
        var missing = await GetAsync(server, "/v1/models/nobody");

        Assert.Equal("tiny", list.Json.GetProperty("models")[0].GetProperty("name").GetString());
        Assert.Equal("READY", one.Json.GetProperty("state").GetString());
        Assert.Equal(one.Json.ToString(), version.Json.ToString());
        Assert.Equal(HttpStatusCode.NotFound, missing.Status);
        Assert.Contains("expected one of tiny", missing.Json.GetProperty("message").GetString());
    }

    [Fact]
    public async Task GrpcWeb_OnTheHttpPort_Works()
    {
        await using var server = await TestServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.HttpAddress, new()
        {
            HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWebText,
            new HttpClientHandler()),
            HttpVersion = HttpVersion.Version11
        });

        var response = await new Classifier.ClassifierClient(channel).ClassifyAsync(
            new() { Image = ClassifierServiceTests.Stripe(0) }, cancellationToken: Cancellation);

        Assert.Equal("a", response.Predictions[0].Label);
    }

    [Theory]
    [InlineData("http://page.example", "http://page.example")]
    [InlineData("http://other.example", null)]
    public async Task Origins_Configured_LetsOnlyThosePagesIn(string origin, string? allowed)
    {
        await using var server = await TestServer.StartAsync("--Listen:Origins=http://page.example");
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/lenetserve.v1.Classifier/Classify");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type,x-grpc-web");

        using var answer = await server.Http.SendAsync(preflight, Cancellation);

        Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? Assert.Single(values) : null);
    }

    private static byte[] Png(int stripe) => Pictures.Png(ClassifierServiceTests.Stripe(stripe).Pixels.ToByteArray(), 4, 4);

    private static Task<Answer> PostJsonAsync(TestServer server, string path, string json) =>
        PostAsync(server, path, new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")));

    private static async Task<Answer> PostAsync(TestServer server, string path, HttpContent content)
    {
        using var response = await server.Http.PostAsync(path, content, Cancellation);
        return await Answer.ReadAsync(response);
    }

    private static async Task<Answer> GetAsync(TestServer server, string path)
    {
        using var response = await server.Http.GetAsync(path, Cancellation);
        return await Answer.ReadAsync(response);
    }

    private sealed record Answer(HttpStatusCode Status, JsonElement Json)
    {
        public static async Task<Answer> ReadAsync(HttpResponseMessage response)
        {
            var text = await response.Content.ReadAsStringAsync(Cancellation);
            return new(response.StatusCode, JsonDocument.Parse(text == "" ? "{}" : text).RootElement);
        }
    }
}
