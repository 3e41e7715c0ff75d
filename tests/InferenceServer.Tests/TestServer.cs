using Grpc.Net.Client;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Tests;
using LeNetServe.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests;

/// <summary>The server as Program.cs builds it, on free ports of this machine, with a repository of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TemporaryDirectory directory;
    private readonly GrpcChannel channel;

    private TestServer(TemporaryDirectory directory, WebApplication app)
    {
        (this.directory, App) = (directory, app);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        (GrpcAddress, HttpAddress) = (addresses[0], addresses[1]);
        channel = GrpcChannel.ForAddress(GrpcAddress);
        Http = new() { BaseAddress = new(HttpAddress) };
        Client = new(channel);
    }

    public WebApplication App { get; }

    public string GrpcAddress { get; }

    public string HttpAddress { get; }

    public GrpcChannel Channel => channel;

    public Classifier.ClassifierClient Client { get; }

    public HttpClient Http { get; }

    public ModelRepository Repository => App.Services.GetRequiredService<ModelRepository>();

    public string Models => directory["models"];

    /// <summary>A server with one model, <c>tiny/1</c>: 1×4×4 pixels, three classes, labels a, b and c.</summary>
    public static Task<TestServer> StartAsync(params string[] settings) =>
        StartAsync(WriteTiny, settings);

    public static void WriteTiny(string models) => new TinyOnnx().Write(Path.Combine(models, "tiny", "1"), "a\nb\nc\n");

    public static Task<TestServer> StartAsync(Action<string> fill, params string[] settings) => StartAsync(fill, _ => { }, settings);

    public static async Task<TestServer> StartAsync(Action<string> fill, Action<WebApplicationBuilder> configure, params string[] settings)
    {
        var directory = new TemporaryDirectory();
        var app = Build(directory, fill, configure, settings);
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<ServerLifecycle>().WhenLoaded.WaitAsync(TestContext.Current.CancellationToken);
        return new(directory, app);
    }

    /// <summary>Builds the server without starting it.</summary>
    public static WebApplication Build(
        TemporaryDirectory directory, Action<string> fill, Action<WebApplicationBuilder> configure, params string[] settings)
    {
        var models = Directory.CreateDirectory(directory["models"]).FullName;
        fill(models);
        var builder = WebApplication.CreateSlimBuilder(
            [$"--Models:Path={models}", "--Listen:Address=127.0.0.1", "--Listen:GrpcPort=0", "--Listen:HttpPort=0", .. settings]);
        builder.Logging.ClearProviders();
        var reader = new SettingsReader(builder.Configuration);
        var options = ServerOptions.Read(reader);
        reader.RejectUnknown();
        Assert.Empty(reader.Faults);
        builder.AddServer(options);
        configure(builder);
        var app = builder.Build();
        app.MapServer(options);
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        Http.Dispose();
        await App.DisposeAsync();
        directory.Dispose();
    }
}
