using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.Tests;
using LeNetServe.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeNetServe.InferenceServer.Tests.Hosting;

/// <summary>An application with endpoints of its own serves models, on real sockets.</summary>
public sealed class LeNetServeExtensionsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public LeNetServeExtensionsTests() => TestServer.WriteTiny(Directory.CreateDirectory(directory["models"]).FullName);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Calls_OfAnApplication_AreAnsweredBesideItsOwn()
    {
        await using var app = await StartAsync();
        var (http, grpc) = Addresses(app);
        using var client = new HttpClient { BaseAddress = new(http) };
        using var channel = GrpcChannel.ForAddress(grpc);

        var own = await client.GetStringAsync("/own", Cancel);
        var rest = await client.PostAsync("/v1/models/tiny:classify", Picture(), Cancel);
        var tensors = await client.GetFromJsonAsync<JsonElement>("/v2/models/tiny", Cancel);
        var call = await new Classifier.ClassifierClient(channel).ClassifyAsync(
            new() { Image = new Image { Pixels = ByteString.CopyFrom(new byte[16]) } }, cancellationToken: Cancel);

        Assert.Equal("own", own);
        Assert.Equal(HttpStatusCode.OK, rest.StatusCode);
        Assert.Equal("tiny", tensors.GetProperty("name").GetString());
        Assert.Equal(3, call.Predictions.Count);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/unknown", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Query_Unknown_IsRejectedForTheCallsAlone()
    {
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = new(Addresses(app).Http) };

        var own = await client.GetAsync("/own?topk=3", Cancel);
        var call = await client.PostAsync("/v1/models/tiny:classify?topk=3", Picture(), Cancel);

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, call.StatusCode);
        Assert.Contains("did you mean topK?", await call.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Security_OfTheSection_GuardsTheCallsAlone()
    {
        await File.WriteAllTextAsync(directory["tokens"], "secret-of-the-test\n", Cancel);
        await using var app = await StartAsync(("Security:InferenceTokensFile", directory["tokens"]));
        var (http, grpc) = Addresses(app);
        using var client = new HttpClient { BaseAddress = new(http) };
        using var channel = GrpcChannel.ForAddress(grpc);

        var own = await client.GetAsync("/own", Cancel);
        var rest = await client.GetAsync("/v1/models", Cancel);
        var call = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Classifier.ClassifierClient(channel).ListModelsAsync(new(), cancellationToken: Cancel));
        client.DefaultRequestHeaders.Authorization = new("Bearer", "secret-of-the-test");
        var allowed = await client.GetAsync("/v1/models", Cancel);
        var control = await client.PostAsync("/v2/repository/models/tiny/unload", null, Cancel);

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, rest.StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, call.StatusCode);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, control.StatusCode);
    }

    [Fact]
    public void AddLeNetServe_WrongSettings_NamesAllFaults()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["LeNetServe:Models:Path"] = directory["nothing"],
            ["LeNetServe:Models:Pth"] = "x",
            ["LeNetServe:Modles:Path"] = "x",
            ["LeNetServe:Listen:HttpPort"] = "80",
        });

        var exception = Assert.Throws<OptionsValidationException>(() => builder.AddLeNetServe());

        Assert.Equal(4, exception.Failures.Count());
        Assert.Contains($"LeNetServe:Models:Path is \"{directory["nothing"]}\", expected an existing folder", exception.Failures);
        Assert.Contains("LeNetServe:Listen is a setting of the server program; the application itself decides that", exception.Failures);
        Assert.Contains("LeNetServe:Modles is not a setting; did you mean Models?", exception.Failures);
        Assert.Contains("LeNetServe:Models:Pth is not a setting; did you mean Models:Path?", exception.Failures);
    }

    [Fact]
    public void AddLeNetServe_PathInAFile_IsRelativeToTheFile()
    {
        File.WriteAllText(directory["settings.json"], """{ "LeNetServe": { "Models": { "Path": "models" } } }""");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddJsonFile(directory["settings.json"]);

        builder.AddLeNetServe();

        using var services = builder.Services.BuildServiceProvider();
        Assert.Equal(directory["models"], services.GetRequiredService<ServerOptions>().Models.Path);
    }

    [Fact]
    public void MapLeNetServe_GrpcAddedAfterwards_SaysTheOrder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["LeNetServe:Models:Path"] = directory["models"];
        builder.AddLeNetServe();
        builder.Services.AddGrpc();
        using var app = builder.Build();

        var exception = Assert.Throws<InvalidOperationException>(() => app.MapLeNetServe());

        Assert.Contains("expected AddLeNetServe after AddGrpc", exception.Message, StringComparison.Ordinal);
    }

    private static ByteArrayContent Picture()
    {
        var content = new ByteArrayContent(Pictures.Png(new byte[16], 4, 4));
        content.Headers.ContentType = new("image/png");
        return content;
    }

    private async Task<WebApplication> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2);
        });
        builder.Configuration["LeNetServe:Models:Path"] = directory["models"];
        foreach (var (key, value) in settings)
            builder.Configuration[$"LeNetServe:{key}"] = value;
        builder.AddLeNetServe();
        var app = builder.Build();
        app.MapGet("/own", () => "own");
        app.MapLeNetServe();
        await app.StartAsync(Cancel);
        await app.Services.GetRequiredService<ServerLifecycle>().WhenLoaded.WaitAsync(Cancel);
        return app;
    }

    private static (string Http, string Grpc) Addresses(WebApplication app) => (app.Urls.First(), app.Urls.Last());
}
