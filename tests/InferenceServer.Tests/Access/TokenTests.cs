using System.Net;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests.Access;

public sealed class TokenTests : IDisposable
{
    private const string First = "first-token-0123456789", Second = "second-token-0123456789", Control = "control-token-0123456789";
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task Call_WithoutAToken_IsUnauthenticatedAndHealthIsOpen()
    {
        await using var server = await TestServer.StartAsync($"--Security:InferenceTokensFile={Tokens(First)}");

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ListModelsAsync(new(), cancellationToken: Cancel));
        using var rest = await server.Http.GetAsync("/v2/models/tiny", Cancel);

        Assert.Equal(StatusCode.Unauthenticated, exception.StatusCode);
        Assert.Contains("no Authorization header", exception.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, rest.StatusCode);
        Assert.Equal("Bearer", rest.Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/readyz", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/v2/health/ready", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Call_WithOneOfTheTokens_Passes()
    {
        var hash = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Second)));
        await using var server = await TestServer.StartAsync($"--Security:InferenceTokensFile={Tokens("# people", First, "", hash)}");

        foreach (var token in new[] { First, Second })
            Assert.Single((await server.Client.ListModelsAsync(new(), Bearer(token), cancellationToken: Cancel)).Models);
        Assert.Equal(StatusCode.Unauthenticated,
            (await Assert.ThrowsAsync<RpcException>(
                async () => await server.Client.ListModelsAsync(new(), Bearer(First[1..]), cancellationToken: Cancel))).StatusCode);
    }

    [Fact]
    public async Task Tokens_Rotated_HoldWithoutARestart()
    {
        var path = Tokens(First);
        await using var server = await TestServer.StartAsync($"--Security:InferenceTokensFile={path}", "--Security:ReloadInterval=20ms");

        File.WriteAllText(path, Second);
        await Eventually.TrueAsync(async () => (await StatusAsync(server, Second)) == StatusCode.OK);
        Assert.Equal(StatusCode.Unauthenticated, await StatusAsync(server, First));
    }

    [Fact]
    public async Task Tokens_FileEmptied_AreRevoked()
    {
        var path = Tokens(First);
        await using var server = await TestServer.StartAsync($"--Security:InferenceTokensFile={path}", "--Security:ReloadInterval=20ms");
        Assert.Equal(StatusCode.OK, await StatusAsync(server, First));

        File.WriteAllText(path, "# nobody\n");

        await Eventually.TrueAsync(async () => await StatusAsync(server, First) == StatusCode.Unauthenticated);
        using var ready = await server.Http.GetAsync("/readyz", Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("not ready: all tokens are revoked", await ready.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("lenetserve_inference_tokens 0\n", await server.Http.GetStringAsync("/metrics", Cancel));

        File.WriteAllText(path, Second);
        await Eventually.TrueAsync(async () => await StatusAsync(server, Second) == StatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/readyz", Cancel)).StatusCode);
    }

    [Fact]
    public void Read_FileThatIsNotRegular_IsRejectedWithoutWaiting()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "devices of Linux");

        Assert.Contains("expected a regular file", Assert.Throws<InvalidDataException>(() => TokenFile.Read("/dev/zero")).Message);
    }

    [Fact]
    public async Task Tokens_OfRepositoryControl_AreItsOwn()
    {
        await using var server = await TestServer.StartAsync(
            "--Models:Mode=explicit", "--Models:Load=tiny",
            $"--Security:InferenceTokensFile={Tokens(First)}", $"--Security:ControlTokensFile={Tokens(Control)}");

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, "/v2/repository/models/tiny/unload", First));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, "/v2/repository/models/tiny/unload", Control));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, "/v2/repository/models/tiny/load", Control));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, "/v2/repository/index", Control));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, "/v2/repository/index", First));
    }

    [Theory]
    [InlineData("repositorymodelunload")]
    [InlineData("RepositoryModelUnload/")]
    [InlineData("RepositoryModelUnloa%64")]
    public async Task RepositoryControl_PathWrittenAnotherWay_NeedsItsTokenAsWell(string method)
    {
        await using var server = await TestServer.StartAsync(
            "--Models:Mode=explicit", "--Models:Load=tiny",
            $"--Security:InferenceTokensFile={Tokens(First)}", $"--Security:ControlTokensFile={Tokens(Control)}");
        using var client = new HttpClient();
        // An unload of "tiny" as gRPC frames it.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.GrpcAddress}/inference.GRPCInferenceService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 6, 0x12, 4, .. "tiny"u8]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.Authorization = new("Bearer", First);

        using var response = await client.SendAsync(request, Cancel);
        await response.Content.ReadAsByteArrayAsync(Cancel);

        var status = (response.Headers.TryGetValues("grpc-status", out var values)
            || response.TrailingHeaders.TryGetValues("grpc-status", out values)) ? values.Single() : "";
        Assert.Equal($"{(int)StatusCode.Unauthenticated}", status);
        Assert.True(server.Repository.IsReady("tiny"));
    }

    [Theory]
    [InlineData("open", HttpStatusCode.OK)]
    [InlineData("token", HttpStatusCode.Unauthorized)]
    [InlineData("closed", HttpStatusCode.NotFound)]
    public async Task Metrics_AsConfigured_OpenOrNot(string access, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync(
            $"--Security:InferenceTokensFile={Tokens(First)}", $"--Security:Metrics={access}");

        Assert.Equal(expected, (await server.Http.GetAsync("/metrics", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Reflection_Closed_IsUnimplemented()
    {
        await using var server = await TestServer.StartAsync("--Security:Reflection=closed");
        var client = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(server.Channel);
        using var call = client.ServerReflectionInfo(cancellationToken: Cancel);

        var exception = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext(Cancel));
        Assert.Equal(StatusCode.Unimplemented, exception.StatusCode);
    }

    [Fact]
    public async Task Calls_TurnedAway_AreCountedAsDenied()
    {
        await using var server = await TestServer.StartAsync(
            $"--Security:InferenceTokensFile={Tokens(First)}", "--Security:Metrics=closed");

        await StatusAsync(server, Second);
        await PostAsync(server, "/v2/repository/index", Second);
        await PostAsync(server, "/v2/repository/models/tiny/load", First);
        await server.Http.GetAsync("/metrics", Cancel);
        await server.Http.GetAsync("/livez", Cancel);

        Assert.Equal(4, Count(server, RequestOutcome.Denied));
    }

    [Fact]
    public async Task RateLimit_Exceeded_IsRefusedForThatClientOnly()
    {
        await using var server = await TestServer.StartAsync(
            $"--Security:InferenceTokensFile={Tokens(First, Second)}",
            "--Security:RateLimit:CallsPerSecond=1", "--Security:RateLimit:Burst=3");
        for (var i = 0; i < 3; i++)
            Assert.Equal(StatusCode.OK, await StatusAsync(server, First));

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ListModelsAsync(new(), Bearer(First), cancellationToken: Cancel));

        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
        Assert.Equal("1000", exception.Trailers.GetValue("grpc-retry-pushback-ms"));
        Assert.Equal(StatusCode.OK, await StatusAsync(server, Second));
        Assert.Equal(HttpStatusCode.TooManyRequests, await PostAsync(server, "/v2/repository/index", First));
        Assert.Equal(2, Count(server, RequestOutcome.Refused));
    }

    [Fact]
    public async Task RateLimit_ImagesOfOpenInference_AreRefusedAndCounted()
    {
        await using var server = await TestServer.StartAsync("--Security:RateLimit:CallsPerSecond=1", "--Security:RateLimit:Burst=100");
        var data = string.Join(',', Enumerable.Repeat("0", 60 * 16));
        var body = $$"""{"inputs":[{"name":"pixels","shape":[60,1,4,4],"datatype":"FP32","data":[{{data}}]}]}""";
        async Task<HttpStatusCode> InferAsync()
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            return (await server.Http.PostAsync("/v2/models/tiny/infer", content, Cancel)).StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await InferAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await InferAsync());

        var metrics = server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1);
        Assert.Equal(1, metrics[RequestOutcome.Refused]?.Request.Read().Count);
    }

    [Fact]
    public async Task RateLimit_MessagesOfAStream_CountAsCalls()
    {
        await using var server = await TestServer.StartAsync(
            "--Security:RateLimit:CallsPerSecond=1", "--Security:RateLimit:Burst=3");
        using var call = server.Client.ClassifyStream(cancellationToken: Cancel);
        for (var i = 0; i < 10; i++)
            await call.RequestStream.WriteAsync(new()
            {
                Id = $"{i}",
                Request = new() { Image = new() { Pixels = Google.Protobuf.ByteString.CopyFrom(new byte[16]) } }
            }, Cancel);
        await call.RequestStream.CompleteAsync();

        var responses = await call.ResponseStream.ReadAllAsync(Cancel).ToListAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), responses.Select(response => response.Id));
        Assert.InRange(responses.Count(response => response.Error is null), 3, 9);
        Assert.Equal((int)StatusCode.ResourceExhausted, responses.Last(response => response.Error is not null).Error.Code);
        Assert.Equal(responses.Count(response => response.Error is not null), Count(server, RequestOutcome.Refused));
    }

    [Fact]
    public async Task Log_AtItsMostDetailed_HoldsNoToken()
    {
        var log = new StringBuilder();
        await using (var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Recorder(log)),
            $"--Security:InferenceTokensFile={Tokens(First)}", "--Security:RateLimit:CallsPerSecond=1", "--Security:RateLimit:Burst=1"))
        {
            await StatusAsync(server, First);
            await StatusAsync(server, First);
            await StatusAsync(server, "wrong-token-0123456789");
            await PostAsync(server, "/v2/repository/index", "wrong-token-0123456789");
        }

        lock (log)
        {
            Assert.Contains("ClientFault", log.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("token-0123456789", log.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "has no token")]
    [InlineData("short", "line 1: a token of 5 characters, expected 16 or more")]
    [InlineData("sha256:12", "line 1: not a SHA-256")]
    [InlineData("sha256:zz", "line 1: not a SHA-256")]
    public void Read_BrokenFile_SaysWhatIsWrong(string content, string message) =>
        Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => TokenFile.Read(Tokens(content))).Message, StringComparison.Ordinal);

    public void Dispose() => directory.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static long Count(TestServer server, RequestOutcome outcome) =>
        server.App.Services.GetRequiredService<ServerMetrics>().Unresolved[outcome]?.Request.Read().Count ?? 0;

    private static Metadata Bearer(string token) => new() { { "Authorization", $"Bearer {token}" } };

    private static async Task<StatusCode> StatusAsync(TestServer server, string token)
    {
        try
        {
            await server.Client.ListModelsAsync(new(), Bearer(token), cancellationToken: Cancel);
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    private static async Task<HttpStatusCode> PostAsync(TestServer server, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Authorization = new("Bearer", token);
        using var response = await server.Http.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private string Tokens(params string[] lines)
    {
        var path = directory[$"{Guid.NewGuid():N}"];
        File.WriteAllLines(path, lines);
        return path;
    }

    private sealed class Recorder(StringBuilder log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (log)
                log.Append(eventId.Name).Append(' ').Append(formatter(state, exception)).Append(exception).Append('\n');
        }

        public void Dispose()
        {
        }
    }
}
