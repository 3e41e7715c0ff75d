using Grpc.Core;
using Grpc.Net.Client;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

[Collection(RunsAlone.Name)]
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Calls = 1_000;

    /// <summary>Background work of the process allocates as well; this is its share of a call.</summary>
    private const long Noise = 24;

    [Fact]
    public async Task ClassifyAsync_RawPixels_AllocatesTheReplyAndNothingElse()
    {
        await using var server = await TestServer.StartAsync();
        var service = server.App.Services.GetRequiredService<ClassifierService>();
        var request = new ClassifyRequest { Model = "tiny", Image = ClassifierServiceTests.Stripe(1) };
        var caller = new Caller(DateTime.UtcNow.AddHours(1), CancellationToken.None);
        ClassifyResponse? reply = null;

        var all = AllocatedBy(() => reply = service.ClassifyAsync(request, caller).Result);
        var replyAlone = AllocatedBy(() => Task.FromResult(Copy(reply!)));

        Assert.Equal(replyAlone, all);
    }

    /// <summary>A call through a socket allocates as much as an echo, plus the reply.</summary>
    [Fact]
    public async Task Classify_OverASocket_AllocatesWhatAnEchoDoesAndTheReply()
    {
        await using var server = await TestServer.StartAsync();
        var request = new ClassifyRequest { Model = "tiny", Image = ClassifierServiceTests.Stripe(1) };
        var reply = await server.Client.ClassifyAsync(request, cancellationToken: TestContext.Current.CancellationToken);
        await using var echo = await StartEchoAsync(server, reply);
        using var channel = GrpcChannel.ForAddress(echo.Urls.First());

        var replyAlone = AllocatedBy(() => Task.FromResult(Copy(reply)));
        var (ours, echoes) = (new List<long>(), new List<long>());
        for (var round = 0; round < 5; round++)
        {
            ours.Add(await AllocatedByAsync(server.Client, request));
            echoes.Add(await AllocatedByAsync(new(channel), request));
        }

        output.WriteLine($"bytes a call: {string.Join(", ", ours)}; an echo's: {string.Join(", ", echoes)}; the reply alone: {replyAlone}");
        // Timers and heartbeats add to a round the more the longer it takes, on a busy machine; nothing takes away from it.
        Assert.InRange(ours.Min() - echoes.Min(), 0, replyAlone + Noise);
    }

    /// <summary>The server's listeners and gRPC, and a service that answers with what it has.</summary>
    private static async Task<WebApplication> StartEchoAsync(TestServer server, ClassifyResponse reply)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.AddListeners(server.App.Services.GetRequiredService<ServerOptions>());
        builder.Services.AddSingleton(server.App.Services.GetRequiredService<TlsState>());
        builder.Services.AddSingleton(server.App.Services.GetRequiredService<ClientFaults>());
        builder.Services.AddSingleton(TimeProvider.System);
        // As the server does, so that what it adds itself is all that is seen.
        builder.Services.AddGrpc(grpc => grpc.IgnoreUnknownServices = true);
        builder.Services.AddSingleton(new Echo(Task.FromResult(reply)));
        var app = builder.Build();
        app.MapGrpcService<Echo>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<long> AllocatedByAsync(Classifier.ClassifierClient client, ClassifyRequest request)
    {
        // A deadline, as every caller should have one; gRPC makes a timer for it on both sides.
        async Task CallsAsync()
        {
            for (var index = 0; index < Calls; index++)
                await client.ClassifyAsync(
                    request, deadline: DateTime.UtcNow.AddMinutes(5), cancellationToken: TestContext.Current.CancellationToken);
        }

        await CallsAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await CallsAsync();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Calls;
    }

    private sealed class Echo(Task<ClassifyResponse> reply) : Classifier.ClassifierBase
    {
        public override Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context) => reply;
    }

    private static ClassifyResponse Copy(ClassifyResponse reply)
    {
        var copy = new ClassifyResponse { Model = reply.Model, Version = reply.Version };
        copy.Predictions.Capacity = reply.Predictions.Count;
        for (var index = 0; index < reply.Predictions.Count; index++)
        {
            var prediction = reply.Predictions[index];
            copy.Predictions.Add(
                new Prediction { Index = prediction.Index, Label = prediction.Label, Probability = prediction.Probability });
        }
        return copy;
    }

    /// <summary>Gets the median of many calls. Few calls continue on another thread, which is not measured.</summary>
    private static long AllocatedBy(Action call)
    {
        for (var warmUp = 0; warmUp < Calls; warmUp++)
            call();
        var bytes = new long[Calls];
        for (var index = 0; index < Calls; index++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            bytes[index] = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Array.Sort(bytes);
        return bytes[Calls / 2];
    }
}
