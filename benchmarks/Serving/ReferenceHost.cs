using LeNetServe.V1;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeNetServe.Serving;

/// <summary>Serves one service, and nothing else, on the server's settings of Kestrel, limits and garbage collector.</summary>
internal static class ReferenceHost
{
    private const int MaxMessageBytes = 4 << 20;
    private const int MaxStreams = 100;

    /// <summary>Serves until it is stopped.</summary>
    public static async Task<int> RunAsync<TService>(TService service)
        where TService : Classifier.ClassifierBase
    {
        if (AppContext.GetData("System.GC.Gen0MaxBudget") is null)
            throw new InvalidOperationException(
                "this garbage collector is not set as the server's, expected dotnet exec --runtimeconfig with the server's");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxMessageBytes;
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MaxMessageBytes);
        builder.Services.AddSingleton(service);
        var app = builder.Build();
        app.MapGrpcService<TService>();
        app.MapGet(
            "/metrics",
            (RequestDelegate)(context => context.Response.WriteAsync($"dotnet_gc_allocated_bytes_total {GC.GetTotalAllocatedBytes()}\n")));
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        await Console.Out.WriteLineAsync($"LeNetServe listening grpc={addresses[0]} http={addresses[1]}");
        await app.WaitForShutdownAsync();
        return 0;
    }
}
