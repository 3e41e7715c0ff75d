using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Inference;

public sealed class OverloadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // A picture needs a slot; raw pixels do not.
    private static ClassifyRequest Request => new() { Image = Pictures.Stripe(1) };

    [Fact]
    public async Task Classify_QueueFull_IsRefusedWithPushBackAndRecovers()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1", "--Pipeline:QueueLength=2");
        var admission = server.App.Services.GetRequiredService<SlowWork>().Small;
        Take(admission);
        AsyncUnaryCall<ClassifyResponse> Call() => server.Client.ClassifyAsync(Request, cancellationToken: Cancellation);
        var waiting = new[] { Call(), Call() };
        await Eventually.TrueAsync(() => admission.Waiting == 2);

        var exception = await Assert.ThrowsAsync<RpcException>(async () => await Call());

        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
        Assert.True(int.Parse(exception.Trailers.GetValue("grpc-retry-pushback-ms")!) > 0);
        admission.Exit();
        foreach (var call in waiting)
            Assert.Equal("b", (await call).Predictions[0].Label);
        Assert.Equal("b", (await Call()).Predictions[0].Label);
        Assert.Equal(1, Count(server, RequestOutcome.Refused));
    }

    [Fact]
    public async Task ModelInfer_QueueFull_IsUnavailableWithPushBack()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1", "--Pipeline:QueueLength=0");
        Take(server.App.Services.GetRequiredService<SlowWork>().Small);

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await Protocol(server).ModelInferAsync(ProtocolRequest("x"), cancellationToken: Cancellation));
        var element = Element(Request.Image.Encoded).ToByteArray();
        var header = Encoding.UTF8.GetBytes(
            $$$"""{"inputs":[{"name":"pixels","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":{{{element.Length}}}}}]}""");
        using var body = new ByteArrayContent([.. header, .. element]);
        body.Headers.Add(RestCallReader.HeaderLength, $"{header.Length}");
        using var rest = await server.Http.PostAsync("/v2/models/tiny/infer", body, Cancellation);

        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.Contains("Exceeds maximum queue size", exception.Status.Detail);
        Assert.True(int.Parse(exception.Trailers.GetValue("grpc-retry-pushback-ms")!) > 0);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, rest.StatusCode);
        Assert.NotNull(rest.Headers.RetryAfter);
        Assert.Contains("Exceeds maximum queue size", await rest.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(2, Count(server, RequestOutcome.Refused));
    }

    [Fact]
    public async Task ModelInfer_ItsTimeoutPassesInTheQueue_IsUnavailable()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Services.AddSingleton<TimeProvider>(time), "--Pipeline:Concurrency=1");
        var admission = server.App.Services.GetRequiredService<SlowWork>().Small;
        Take(admission);
        var request = ProtocolRequest("x");
        request.Parameters["timeout"] = new() { Int64Param = 1_000_000 };
        using var call = Protocol(server).ModelInferAsync(request, cancellationToken: Cancellation);
        await Eventually.TrueAsync(() => admission.Waiting == 1);

        // A call that counts as waiting may not have looked at the clock yet.
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return call.ResponseAsync.IsCompleted;
        });

        var exception = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.Contains("Request timeout expired", exception.Status.Detail);
        Assert.Equal(0, admission.Waiting);
    }

    [Fact]
    public async Task Classify_DeadlinePassesInTheQueue_IsDeadlineExceededAndNothingStays()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1");
        var admission = server.App.Services.GetRequiredService<SlowWork>().Small;
        Take(admission);

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.ClassifyAsync(Request, deadline: DateTime.UtcNow.AddMilliseconds(100), cancellationToken: Cancellation));

        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
        await Eventually.TrueAsync(() => admission.Waiting == 0);
        admission.Exit();
        Assert.Equal(0, admission.Busy);
    }

    [Fact]
    public async Task Classify_StormOfCancelledCalls_LeavesNothingRunning()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1", "--Pipeline:QueueLength=50");
        var admission = server.App.Services.GetRequiredService<SlowWork>().Small;
        Take(admission);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 90, CancellationToken = Cancellation };
        await Parallel.ForAsync(0, 10_000, options, async (index, _) =>
        {
            using var gone = new CancellationTokenSource();
            using var call = server.Client.ClassifyAsync(Request, cancellationToken: gone.Token);
            if (index % 2 == 0)
                await Task.Yield();
            await gone.CancelAsync();
            await Assert.ThrowsAsync<RpcException>(async () => await call);
        });

        await Eventually.TrueAsync(() => admission.Waiting == 0);
        admission.Exit();

        Assert.Equal(0, admission.Busy);
        Assert.Equal("b", (await server.Client.ClassifyAsync(Request, cancellationToken: Cancellation)).Predictions[0].Label);
        await Eventually.TrueAsync(() => server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1).Pending == 0);
    }

    [Fact]
    public async Task ClassifyStream_QueueFull_WaitsInsteadOfBeingRefused()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1", "--Pipeline:QueueLength=0");
        var admission = server.App.Services.GetRequiredService<SlowWork>().Small;
        Take(admission);
        using var call = server.Client.ClassifyStream(cancellationToken: Cancellation);
        for (var index = 0; index < 3; index++)
            await call.RequestStream.WriteAsync(new() { Id = $"{index}", Request = Request }, Cancellation);
        await call.RequestStream.CompleteAsync();
        await Eventually.TrueAsync(() => admission.Waiting > 0);

        admission.Exit();

        var answers = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(["0", "1", "2"], answers.Select(answer => answer.Id));
        Assert.All(answers, answer => Assert.Equal("b", answer.Response.Predictions[0].Label));
    }

    [Fact]
    public async Task ClassifyStream_ServerEndsWithMoreReadThanThereIsRoomFor_AnswersItAndSaysUnavailable()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1", "--Limits:StreamParallelism=1");
        var admission = server.App.Services.GetRequiredService<SlowWork>().Small;
        Take(admission);
        using var call = server.Client.ClassifyStream(cancellationToken: Cancellation);
        for (var index = 0; index < 3; index++)
            await call.RequestStream.WriteAsync(new() { Id = $"{index}", Request = Request }, Cancellation);
        // The writer awaits the first, the channel holds the second, and the third finds the channel full.
        await Eventually.TrueAsync(() => admission.Waiting == 3);

        server.App.Services.GetRequiredService<ServerLifecycle>().End();
        admission.Exit();

        var answered = new List<string>();
        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
                answered.Add(answer.Id);
        });
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.Equal(["0", "1", "2"], answered);
    }

    [Fact]
    public async Task ModelStreamInfer_ServerEndsWithMoreReadThanThereIsRoomFor_AnswersItAndSaysUnavailable()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1", "--Limits:StreamParallelism=1");
        var admission = server.App.Services.GetRequiredService<SlowWork>().Small;
        Take(admission);
        using var call = Protocol(server).ModelStreamInfer(cancellationToken: Cancellation);
        for (var index = 0; index < 3; index++)
            await call.RequestStream.WriteAsync(ProtocolRequest($"{index}"), Cancellation);
        await Eventually.TrueAsync(() => admission.Waiting == 3);

        server.App.Services.GetRequiredService<ServerLifecycle>().End();
        admission.Exit();

        var answered = new List<string>();
        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
                answered.Add(answer.InferResponse.Id);
        });
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.Equal(["0", "1", "2"], answered);
    }

    [Fact]
    public async Task RunManyAsync_ManyBatchesWait_HoldNoMemoryMeanwhile()
    {
        const int Calls = 300, Images = 8192;
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1", $"--Limits:MaxBatch={Images}");
        var admission = server.App.Services.GetRequiredService<SlowWork>().Large;
        var pipeline = server.App.Services.GetRequiredService<InferencePipeline>();
        using var lease = server.Repository.Lease("tiny", 0);
        using var gone = new CancellationTokenSource();
        var images = Enumerable.Repeat(new InferenceInput(InputKind.Pixels, new byte[16]), Images).ToArray();
        var outputs = new float[Images * 3];
        var errors = new InferenceException?[Images];
        Take(admission);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var waiting = new Task[Calls];
        for (var call = 0; call < Calls; call++)
            waiting[call] = pipeline.RunManyAsync(lease.Version, images, outputs, errors, new(DateTime.MaxValue, gone.Token)).AsTask();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(Calls, admission.Waiting);
        await gone.CancelAsync();
        await Assert.ThrowsAsync<InferenceException>(() => Task.WhenAll(waiting));
        Assert.InRange(allocated, 0, Calls * Images);
    }

    [Fact]
    public async Task Classify_AllSlotsTaken_RawPixelsAndSmallPicturesPassLargeOnes()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Concurrency=1", "--Pipeline:QueueLength=0");
        var slow = server.App.Services.GetRequiredService<SlowWork>();
        Take(slow.Large);

        Assert.Equal("b", (await server.Client.ClassifyAsync(Request, cancellationToken: Cancellation)).Predictions[0].Label);
        Take(slow.Small);
        var pixels = new ClassifyRequest { Image = ClassifierServiceTests.Stripe(2) };
        Assert.Equal("c", (await server.Client.ClassifyAsync(pixels, cancellationToken: Cancellation)).Predictions[0].Label);
    }

    [Fact]
    public async Task ClassifyBatch_HeadersPromiseTooManyPixels_IsRejectedAsAWhole()
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxRequestPixels=100");
        var small = new ClassifyBatchRequest { Images = { Enumerable.Repeat(Pictures.Stripe(1), 6) } };
        var large = new ClassifyBatchRequest { Images = { Enumerable.Repeat(Pictures.Stripe(1), 7) } };

        var reply = await server.Client.ClassifyBatchAsync(small, cancellationToken: Cancellation);
        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.ClassifyBatchAsync(large, cancellationToken: Cancellation));

        Assert.All(reply.Items, item => Assert.Equal("b", item.Predictions[0].Label));
        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Contains("the first 7 images say 112 pixels, expected at most 100", exception.Status.Detail);
    }

    [Fact]
    public async Task ClassifyBatch_RateLimit_CountsItsImages()
    {
        await using var server = await TestServer.StartAsync("--Security:RateLimit:CallsPerSecond=1", "--Security:RateLimit:Burst=100");
        var batch = new ClassifyBatchRequest { Images = { Enumerable.Repeat(ClassifierServiceTests.Stripe(1), 60) } };
        await server.Client.ClassifyBatchAsync(batch, cancellationToken: Cancellation);

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.ClassifyBatchAsync(batch, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
        await server.Client.ClassifyAsync(Request, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Explain_RateLimit_CountsTheImagesThatItRuns()
    {
        // The tiny model has 4×4 pixels, and an attribution covers 3×3 places.
        await using var server = await TestServer.StartAsync("--Security:RateLimit:CallsPerSecond=1", "--Security:RateLimit:Burst=100");
        var request = new ExplainRequest { Image = ClassifierServiceTests.Stripe(1), Attribution = AttributionMethod.Occlusion };

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            // As calls, these would all be within the burst.
            for (var call = 0; call < 60; call++)
                await server.Client.ExplainAsync(request, cancellationToken: Cancellation);
        });

        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
    }

    [Fact]
    public async Task ClassifyBatch_MoreImagesThanAllowed_CostsLittleForEach()
    {
        const int Images = 200_000;
        await using var server = await TestServer.StartAsync();
        var service = server.App.Services.GetRequiredService<ClassifierService>();
        var request = new ClassifyBatchRequest { Images = { Enumerable.Repeat(new Image(), Images) } };

        var before = GC.GetAllocatedBytesForCurrentThread();
        await Assert.ThrowsAsync<InferenceException>(() =>
            service.ClassifyBatchAsync(request, new(DateTime.MaxValue, Cancellation), client: null));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Images);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task Classify_ManyCallers_EveryAnswerIsRight(int maxBatch)
    {
        await using var server = await TestServer.StartAsync($"--Pipeline:MaxBatch={maxBatch}");

        var options = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancellation };
        await Parallel.ForAsync(0, 1_000, options, async (index, token) =>
        {
            var image = index % 4 == 0 ? Pictures.Stripe(index % 3) : ClassifierServiceTests.Stripe(index % 3);
            var response = await server.Client.ClassifyAsync(new() { Image = image }, cancellationToken: token);
            Assert.Equal(index % 3, response.Predictions[0].Index);
        });

        Assert.Equal(1_000, server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1).Inferences);
    }

    private static global::Inference.GRPCInferenceService.GRPCInferenceServiceClient Protocol(TestServer server) => new(server.Channel);

    private static global::Inference.ModelInferRequest ProtocolRequest(string id) => new()
    {
        ModelName = "tiny",
        Id = id,
        Inputs = { new global::Inference.ModelInferRequest.Types.InferInputTensor { Name = "pixels", Datatype = "BYTES", Shape = { 1 } } },
        RawInputContents = { Element(Request.Image.Encoded) },
    };

    private static ByteString Element(ByteString picture) =>
        ByteString.CopyFrom([.. BitConverter.GetBytes(picture.Length), .. picture.Span]);

    private static void Take(Admission admission) =>
        Assert.True(admission.EnterAsync(new(DateTime.MaxValue, CancellationToken.None)).IsCompletedSuccessfully);

    private static long Count(TestServer server, RequestOutcome outcome) =>
        server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1)[outcome]?.Request.Read().Count ?? 0;
}
