using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeNetServe.Client.Tests.Fakes;

/// <summary>A gRPC server on a free port of the loopback address.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeServer(WebApplication app, FakeClassifier classifier)
    {
        this.app = app;
        Classifier = classifier;
    }

    public FakeClassifier Classifier { get; }

    public int Port => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public string Url => $"http://127.0.0.1:{Port}";

    public static async Task<FakeServer> Start(
        FakeClassifier? classifier = null, X509Certificate2? certificate = null, HttpProtocols protocols = HttpProtocols.Http2)
    {
        classifier ??= new FakeClassifier();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(classifier);
        var app = builder.Build();
        app.MapGrpcService<FakeClassifier>();
        await app.StartAsync();
        return new FakeServer(app, classifier);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
