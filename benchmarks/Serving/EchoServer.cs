using System.Runtime;
using Grpc.Core;
using LeNetServe.V1;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeNetServe.Serving;

/// <summary>The same calls on the same settings of Kestrel, limits and garbage collector, answered with nothing: what the platform costs.</summary>
internal sealed class EchoServer : Classifier.ClassifierBase
{
    private static readonly Task<ClassifyResponse> Empty = Task.FromResult(new ClassifyResponse());

    private const int MaxMessageBytes = 4 << 20;
    private const int MaxStreams = 100;

    public static async Task<int> RunAsync()
    {
        if (GCSettings.IsServerGC || GCSettings.LatencyMode != GCLatencyMode.Batch)
            throw new InvalidOperationException("the echo's garbage collector is not set as the server's, expected dotnet exec --runtimeconfig with the server's");
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
        builder.Services.AddSingleton<EchoServer>();
        var app = builder.Build();
        app.MapGrpcService<EchoServer>();
        app.MapGet("/metrics", (RequestDelegate)(context => context.Response.WriteAsync($"dotnet_gc_allocated_bytes_total {GC.GetTotalAllocatedBytes()}\n")));
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        await Console.Out.WriteLineAsync($"LeNetServe listening grpc={addresses[0]} http={addresses[1]}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    public override Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context) => Empty;

    public override async Task ClassifyStream(IAsyncStreamReader<ClassifyStreamRequest> requestStream, IServerStreamWriter<ClassifyStreamResponse> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new() { Id = request.Id });
    }
}
