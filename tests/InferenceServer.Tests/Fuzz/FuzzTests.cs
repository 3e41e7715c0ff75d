using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.Tests;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>
/// Ten thousand broken calls and ten thousand broken REST requests, no two the same: none may crash the server, hang it, leak, or be
/// answered as if the server were at fault.
/// </summary>
[Collection(RunsAlone.Name)]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 3;
    private const int Requests = 10_000;
    private const int RequestsInARound = Requests / (1 + Rounds);

    // The allowed growth of a round: for each request less than half a kilobyte of objects and two kilobytes of other memory.
    private const long AllowedManaged = RequestsInARound * 400L;
    private const long AllowedNative = RequestsInARound * 2000L;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HashSet<UInt128> sent = new(Requests);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rpcs_MutatedMessages_AreRefusedOrAnsweredAndNothingLeaks()
    {
        var visited = new VisitedEndpoints();
        await using var server = await StartAsync(visited);
        var invoker = server.Channel.CreateCallInvoker();
        var services = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(
            endpoint => endpoint.RoutePattern.RawText?.Trim('/').Split('/')[0]).ToHashSet();
        var seeds = Seeds.Rpcs.Where(seed => services.Contains(seed.Service)).ToArray();
        foreach (var (service, name, kind, message) in seeds)
            Check(service, name, await CallAsync(invoker, service, name, kind, message), message);

        await RunAsync(server, async random =>
        {
            var (service, name, kind, seed) = seeds[random.Next(seeds.Length)];
            var message = Distinct(() => Mutation.Of(random, seed), bytes => $"{service}/{name} {Convert.ToHexString(bytes)}");
            Check(service, name, await CallAsync(invoker, service, name, kind, message), message);
        });

        Assert.Empty(visited.Missing(server, pattern => pattern.StartsWith("/lenetserve.", StringComparison.Ordinal)
            || pattern.StartsWith("/inference.", StringComparison.Ordinal) || pattern.StartsWith("/grpc.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RestRoutes_MutatedRequests_AreRefusedOrAnsweredAndNothingLeaks()
    {
        var visited = new VisitedEndpoints();
        await using var server = await StartAsync(visited);
        foreach (var seed in Seeds.Rest)
            await SendAsync(server, seed);

        await RunAsync(server, async random =>
        {
            var seed = Seeds.Rest[random.Next(Seeds.Rest.Count)];
            var request = Distinct(() => Mutate(random, seed), each =>
                $"{each.Method} {each.Path} {each.ContentType} {each.Header} {Convert.ToHexString(each.Body)}");
            await SendAsync(server, request);
        });

        Assert.Empty(visited.Missing(server, pattern => pattern.StartsWith("/v", StringComparison.Ordinal) || pattern.StartsWith('v')
            || pattern.StartsWith("/openapi", StringComparison.Ordinal)));
    }

    /// <summary>The leak test can fail: a server that kept a kilobyte of objects of each request would be found out.</summary>
    [Fact]
    public async Task Measurement_ObjectsThatAreKept_AreMoreThanIsAllowed()
    {
        var kept = new List<byte[]>();

        var growth = await MemoryGrowth.OfAsync(Rounds, _ =>
        {
            for (var request = 0; request < RequestsInARound; request++)
                kept.Add(new byte[1 << 10]);
            return Task.CompletedTask;
        });

        Assert.True(growth.Managed > AllowedManaged, $"{kept.Count} requests of 1 KB were kept, and only {growth} was seen");
    }

    /// <summary>The leak test can fail: a server that kept four kilobytes of native memory of each request would be found out.</summary>
    [Fact]
    public async Task Measurement_NativeMemoryThatIsKept_IsMoreThanIsAllowed()
    {
        // Whole pages: other blocks fit into the holes that the tests before left in the heap, on pages that are resident already.
        const int page = 4 << 10;
        var kept = new List<nint>();
        try
        {
            var growth = await MemoryGrowth.OfAsync(Rounds, _ =>
            {
                for (var request = 0; request < RequestsInARound; request++)
                {
                    kept.Add(Allocate(page));
                    Marshal.WriteByte(kept[^1], 1);
                    Marshal.WriteByte(kept[^1], page - 1, 1);
                }
                return Task.CompletedTask;
            });

            Assert.True(growth.Native > AllowedNative, $"{kept.Count} requests of 4 KB were kept, and only {growth} was seen");
        }
        finally
        {
            kept.ForEach(Free);
        }

        static unsafe nint Allocate(int bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, page);
        static unsafe void Free(nint block) => NativeMemory.AlignedFree((void*)block);
    }

    private static Task<TestServer> StartAsync(VisitedEndpoints visited) => TestServer.StartAsync(
        models =>
        {
            TestServer.WriteTiny(models);
            new TinyOnnx().Write(Path.Combine(models, Seeds.Other, "1"));
        },
        builder => builder.Services.AddSingleton<IStartupFilter>(visited),
        "--Models:Mode=explicit", "--Models:Load=*", "--Models:Aliases:tiny:stable=1", "--Security:OpenControl=true");

    private async Task RunAsync(TestServer server, Func<Random, Task> request)
    {
        var growth = await MemoryGrowth.OfAsync(Rounds, async round =>
        {
            for (var index = 0; index < RequestsInARound; index++)
                await request(new((round * RequestsInARound) + index));
        });

        output.WriteLine(
            $"{sent.Count} distinct requests; a round of {RequestsInARound} left " +
            $"{growth.Managed} bytes of objects and {growth.Native} of other memory");
        Assert.Equal(Requests, sent.Count);
        Assert.True(growth.Managed < AllowedManaged,
            $"a round of {RequestsInARound} requests left {growth.Managed} bytes of objects, expected less than {AllowedManaged}");
        if (OperatingSystem.IsLinux())
            Assert.True(
                growth.Native < AllowedNative,
                $"a round of {RequestsInARound} left {growth.Native} bytes outside the managed heap, expected less than {AllowedNative}");
        var slow = server.App.Services.GetRequiredService<SlowWork>();
        await Eventually.TrueAsync(() => slow is { Small: { Busy: 0, Waiting: 0 }, Large: { Busy: 0, Waiting: 0 } });
        var response = await server.Client.ClassifyAsync(
            new() { Model = "tiny", Image = ClassifierServiceTests.Stripe(1) }, cancellationToken: Cancellation);
        Assert.Equal("b", response.Predictions[0].Label);
    }

    private T Distinct<T>(Func<T> make, Func<T, string> name)
    {
        while (true)
        {
            var made = make();
            if (sent.Add(BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name(made))))))
                return made;
        }
    }

    private static RestSeed Mutate(Random random, RestSeed seed)
    {
        if (seed.ContentType is null || random.Next(5) == 0)
            seed = seed with { Path = "/" + Escape(Mutation.Of(random, Encoding.ASCII.GetBytes(seed.Path))).TrimStart('/') };
        if (seed.Header is ("Inference-Header-Content-Length", var length) && random.Next(4) == 0)
            seed = seed with { Header = ("Inference-Header-Content-Length", Escape(Mutation.Of(random, Encoding.ASCII.GetBytes(length)))) };
        if (seed.ContentType is not null && random.Next(20) == 0)
            seed = seed with { ContentType = "text/" + random.Next() };
        return seed.ContentType is null ? seed : seed with { Body = Mutation.Of(random, seed.Body) };
    }

    private static string Escape(byte[] text) => string.Concat(text.Select(value =>
        (char)value is var character && (char.IsAsciiLetterOrDigit(character) || "/:?&=.@-".Contains(character))
            ? $"{character}"
            : $"%{value:X2}"));

    private static async Task SendAsync(TestServer server, RestSeed seed)
    {
        using var request = new HttpRequestMessage(new(seed.Method), new Uri(server.HttpAddress + seed.Path));
        if (seed.ContentType is not null)
        {
            request.Content = new ByteArrayContent(seed.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", seed.ContentType);
        }
        if (seed.Header is var (name, value) && !request.Headers.TryAddWithoutValidation(name, value))
            request.Content!.Headers.TryAddWithoutValidation(name, value);
        using var response = await server.Http.SendAsync(request, Cancellation).WaitAsync(Patience, Cancellation);
        var status = (int)response.StatusCode;
        // 501 is the answer of what is not offered, and a model may just be unloaded.
        Assert.True(status is < 500 or 501 || (status == 503 && seed.Path.Contains("/v2/", StringComparison.OrdinalIgnoreCase)),
            $"{seed.Method} {seed.Path} {seed.Header} was answered {status}: {Convert.ToHexString(seed.Body)}");
    }

    private static void Check(string service, string name, StatusCode status, byte[] message) => Assert.False(
        status is StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss or StatusCode.DeadlineExceeded,
        $"{service}/{name} was answered {status}: {Convert.ToHexString(message)}");

    private static async Task<StatusCode> CallAsync(CallInvoker invoker, string service, string name, MethodKind kind, byte[] message)
    {
        try
        {
            if (kind == MethodKind.Unary)
            {
                using var unary = invoker.AsyncUnaryCall(
                    BytesMarshaller.Method(MethodType.Unary, service, name), null, new(cancellationToken: Cancellation), message);
                await unary.ResponseAsync.WaitAsync(Patience, Cancellation);
                return StatusCode.OK;
            }
            if (kind == MethodKind.ServerStream)
            {
                using var stream = invoker.AsyncServerStreamingCall(
                    BytesMarshaller.Method(MethodType.ServerStreaming, service, name), null, new(cancellationToken: Cancellation), message);
                await stream.ResponseStream.MoveNext(Cancellation).WaitAsync(Patience, Cancellation);
                return StatusCode.OK;
            }
            using var duplex = invoker.AsyncDuplexStreamingCall(
                BytesMarshaller.Method(MethodType.DuplexStreaming, service, name), null, new(cancellationToken: Cancellation));
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
