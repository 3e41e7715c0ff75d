using Grpc.Core;
using LeNetServe.InferenceServer.Pipeline;
using LeNetServe.InferenceServer.Tests.Classify;
using LeNetServe.InferenceServer.Tests.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>Ten thousand broken requests: none may crash the server, hang it, leak, or be answered as if the server were at fault.</summary>
[Collection(RunsAlone.Name)]
public sealed class FuzzTests
{
    private const int Requests = 5_000;
    private const long AllowedGrowth = 16 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rpcs_MutatedMessages_AreRefusedOrAnsweredAndNothingLeaks()
    {
        await using var server = await TestServer.StartAsync();
        var invoker = server.Channel.CreateCallInvoker();

        await RunAsync(server, async index =>
        {
            var random = new Random(index);
            var (service, name, kind, seed) = Seeds.Rpcs[index % Seeds.Rpcs.Count];
            var message = index < Seeds.Rpcs.Count ? seed : Mutation.Of(random, seed);
            var status = await CallAsync(invoker, service, name, kind, message);
            Assert.False(
                status is StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss or StatusCode.DeadlineExceeded,
                $"{service}/{name} request {index} was answered {status}: {Convert.ToHexString(message)}");
        });
    }

    [Fact]
    public async Task RestRoutes_MutatedRequests_AreRefusedOrAnsweredAndNothingLeaks()
    {
        await using var server = await TestServer.StartAsync();

        await RunAsync(server, async index =>
        {
            var random = new Random(index);
            var (method, path, contentType, seed) = Seeds.Rest[index % Seeds.Rest.Count];
            var body = index < Seeds.Rest.Count ? seed : Mutation.Of(random, seed);
            if (random.Next(5) == 0)
                path = string.Concat(Mutation.Of(random, [.. path.Select(character => (byte)character)]).Select(value => (char)value is var character && (char.IsAsciiLetterOrDigit(character) || "/:?&=.@-".Contains(character)) ? $"{character}" : $"%{value:X2}"));
            using var request = new HttpRequestMessage(new(method), new Uri(server.HttpAddress + "/" + path.TrimStart('/')));
            if (contentType is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(20) == 0 ? "text/" + random.Next() : contentType);
            }
            using var response = await server.Http.SendAsync(request, Cancellation).WaitAsync(Patience, Cancellation);
            Assert.True((int)response.StatusCode < 500, $"{method} {path} request {index} was answered {response.StatusCode}: {Convert.ToHexString(body)}");
        });
    }

    /// <summary>The leak test can fail: a server that kept every request's bytes would be found out.</summary>
    [Fact]
    public async Task Measurement_RequestsThatAreKept_IsOverTheAllowedGrowth()
    {
        await using var server = await TestServer.StartAsync();
        var kept = new List<byte[]>();

        var growth = await GrowthAsync(index =>
        {
            kept.Add(new byte[16 << 10]);
            return Task.CompletedTask;
        });

        Assert.True(growth > AllowedGrowth, $"{kept.Count} requests of 16 KB were kept, and only {growth} bytes were seen");
    }

    private static async Task RunAsync(TestServer server, Func<int, Task> request)
    {
        var growth = await GrowthAsync(request);

        Assert.True(growth < AllowedGrowth, $"memory grew by {growth} bytes over {Requests} repeated requests, expected less than {AllowedGrowth}");
        var slots = server.App.Services.GetRequiredService<RunSlots>();
        await OverloadTests.Eventually(() => slots is { Busy: 0, Waiting: 0 });
        var response = await server.Client.ClassifyAsync(new() { Image = ClassifierServiceTests.Stripe(1) }, cancellationToken: Cancellation);
        Assert.Equal("b", response.Predictions[0].Label);
    }

    /// <summary>Managed memory after all requests have been sent twice less that after the first time, which has warmed every pool.</summary>
    private static async Task<long> GrowthAsync(Func<int, Task> request)
    {
        await AllAsync(request);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await AllAsync(request);
        return GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    private static async Task AllAsync(Func<int, Task> request)
    {
        for (var index = 0; index < Requests; index++)
            await request(index);
    }

    private static async Task<StatusCode> CallAsync(CallInvoker invoker, string service, string name, MethodKind kind, byte[] message)
    {
        try
        {
            if (kind == MethodKind.Unary)
            {
                using var unary = invoker.AsyncUnaryCall(BytesMarshaller.Method(MethodType.Unary, service, name), null, new(cancellationToken: Cancellation), message);
                await unary.ResponseAsync.WaitAsync(Patience, Cancellation);
                return StatusCode.OK;
            }
            using var duplex = invoker.AsyncDuplexStreamingCall(BytesMarshaller.Method(MethodType.DuplexStreaming, service, name), null, new(cancellationToken: Cancellation));
            await duplex.RequestStream.WriteAsync(message, Cancellation);
            await duplex.RequestStream.CompleteAsync();
            while (await duplex.ResponseStream.MoveNext(Cancellation).WaitAsync(Patience, Cancellation))
            {
            }
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
