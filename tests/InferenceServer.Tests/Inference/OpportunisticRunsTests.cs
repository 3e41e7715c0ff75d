using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.Runtime.Errors;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Inference;

public sealed class OpportunisticRunsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Classify_ManyAtOnce_SomeRunTogetherAndEachCountsForItself()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Batching=opportunistic");
        var metrics = server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1);
        var calls = 0;

        await Eventually.TrueAsync(async () =>
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, 64).Select(async index =>
                (Index: index, Reply: await server.Client.ClassifyAsync(new() { Image = ClassifierServiceTests.Stripe(index % 3) }, cancellationToken: Cancellation))));
            calls += replies.Length;
            Assert.All(replies, reply => Assert.Equal(reply.Index % 3, reply.Reply.Predictions[0].Index));
            return metrics.Batches.Any(batch => batch.Size > 1);
        });

        Assert.Equal(calls, metrics.Inferences);
        Assert.Equal(calls, metrics[RequestOutcome.Ok]!.Request.Read().Count);
        Assert.Equal(0, metrics.Pending);
    }

    [Theory]
    [InlineData("--Pipeline:Batching=auto")]
    [InlineData("--Pipeline:Batching=off")]
    public async Task Classify_ManyAtOnceOtherwise_RunAlone(string batching)
    {
        await using var server = await TestServer.StartAsync(batching);
        for (var round = 0; round < 20; round++)
            await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ => await server.Client.ClassifyAsync(new() { Image = ClassifierServiceTests.Stripe(1) }, cancellationToken: Cancellation)));

        Assert.Equal([1], server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1).Batches.Select(batch => batch.Size));
    }

    [Fact]
    public async Task RunManyAsync_SomeHaveNoMoreInterest_TheOthersRunTogether()
    {
        await using var server = await TestServer.StartAsync();
        var (pipeline, metrics) = (server.App.Services.GetRequiredService<InferencePipeline>(), server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1));
        using var lease = server.Repository.Lease("tiny", 0);
        PipelineRequest[] requests = [.. new Caller[]
        {
            new(DateTime.MaxValue, Cancellation), new(DateTime.UtcNow.AddSeconds(-1), Cancellation), new(DateTime.MaxValue, new(canceled: true)), new(DateTime.MaxValue, Cancellation),
        }.Select(caller => new PipelineRequest(caller, 0))];
        var inputs = Enumerable.Range(0, 4).Select(index => new InferenceInput(InputKind.Pixels, ClassifierServiceTests.Stripe(index % 3).Pixels.Memory)).ToArray();
        var (outputs, errors) = (new float[12], new InferenceException?[4]);
        inputs[3] = inputs[1];

        await pipeline.RunManyAsync(lease.Version, inputs, outputs, errors, new(DateTime.MaxValue, Cancellation), requests);

        Assert.Equal([null, InferenceErrorKind.DeadlineExceeded, InferenceErrorKind.Cancelled, null], errors.Select(error => error?.Kind));
        Assert.Equal([0, 1], new[] { outputs[..3], outputs[9..] }.Select(row => Array.IndexOf(row, row.Max())));
        Assert.Equal([2], metrics.Batches.Select(batch => batch.Size));
        Assert.Equal([2, 1, 1], new[] { RequestOutcome.Ok, RequestOutcome.Deadline, RequestOutcome.Cancelled }.Select(outcome => metrics[outcome]!.Request.Read().Count));
    }

    [Fact]
    public async Task RunAsync_NoPlaceIsFree_EachWaitsForItsOwn()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Batching=opportunistic", "--Pipeline:Concurrency=1");
        var (slots, pipeline) = (server.App.Services.GetRequiredService<RunSlots>(), server.App.Services.GetRequiredService<InferencePipeline>());
        using var lease = server.Repository.Lease("tiny", 0);
        using var gone = new CancellationTokenSource();
        Caller[] callers = [new(DateTime.MaxValue, Cancellation), new(DateTime.UtcNow.AddMilliseconds(1), Cancellation), new(DateTime.MaxValue, gone.Token), new(DateTime.MaxValue, Cancellation)];
        var outputs = callers.Select(_ => new float[3]).ToArray();
        Assert.True(slots.TryEnter());

        var runs = callers.Select((caller, index) =>
            lease.Version.Opportunistic!.RunAsync(pipeline, new(InputKind.Pixels, ClassifierServiceTests.Stripe(index / 3).Pixels.Memory), outputs[index], caller).AsTask()).ToArray();
        await gone.CancelAsync();
        Assert.Equal(InferenceErrorKind.DeadlineExceeded, (await Assert.ThrowsAsync<InferenceException>(() => runs[1].WaitAsync(Cancellation))).Kind);
        Assert.Equal(InferenceErrorKind.Cancelled, (await Assert.ThrowsAsync<InferenceException>(() => runs[2].WaitAsync(Cancellation))).Kind);
        slots.ExitQuick();
        await Task.WhenAll(runs[0], runs[3]).WaitAsync(Cancellation);
        Assert.Equal([0, 1], new[] { outputs[0], outputs[3] }.Select(row => Array.IndexOf(row, row.Max())));
        Assert.Equal(0, slots.Busy);
    }

    [Fact]
    public async Task RunAsync_QueueFull_AllAreRefusedWithPushBack()
    {
        await using var server = await TestServer.StartAsync("--Pipeline:Batching=opportunistic", "--Pipeline:Concurrency=1", "--Pipeline:QueueLength=0");
        var (slots, pipeline) = (server.App.Services.GetRequiredService<RunSlots>(), server.App.Services.GetRequiredService<InferencePipeline>());
        using var lease = server.Repository.Lease("tiny", 0);
        Assert.True(slots.TryEnter());

        var runs = Enumerable.Range(0, 3).Select(_ =>
            lease.Version.Opportunistic!.RunAsync(pipeline, new(InputKind.Pixels, new byte[16]), new float[3], new(DateTime.MaxValue, Cancellation)).AsTask()).ToArray();

        foreach (var run in runs)
        {
            var exception = await Assert.ThrowsAsync<InferenceException>(() => run.WaitAsync(Cancellation));
            Assert.Equal(InferenceErrorKind.Overloaded, exception.Kind);
            Assert.NotNull(exception.RetryAfter);
        }
        Assert.Equal(3, server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1)[RequestOutcome.Refused]!.Request.Read().Count);
    }
}
