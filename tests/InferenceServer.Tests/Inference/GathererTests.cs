using System.Runtime.CompilerServices;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Errors;
using LeNetServe.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Inference;

public sealed class GathererTests : IDisposable
{
    private const int Most = 8;
    private readonly TemporaryDirectory directory = new();
    private readonly ServerMetrics metrics = new();
    private readonly RunThreads thread = new(1);
    private readonly ServedVersion version;

    public GathererTests()
    {
        new TinyOnnx().Write(directory.Path);
        version = new("tiny", 1, ClassifierModel.Open(directory.Path), metrics.For("tiny", 1), quickImages: 100, maxImagePixels: 1);
    }

    private static Caller Anyone => new(DateTime.MaxValue, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        version.Release();
        thread.Dispose();
        metrics.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task JoinAsync_ManyAtOnce_EachGetsItsOwnAnswer(bool onDevice)
    {
        var gatherer = Create(onDevice);
        var inputs = Enumerable.Range(0, 300).Select(seed => Pixels(seed, 1 + (seed % 3))).ToArray();

        var outputs = await Task.WhenAll(inputs.Select(input => RunAsync(gatherer, input)));

        for (var index = 0; index < inputs.Length; index++)
            Assert.Equal(Direct(inputs[index]), outputs[index], Near);
        Assert.Equal(inputs.Sum(input => input.Length / 16), version.Metrics.Batches.Sum(batch => batch.Size * batch.Runs.Read().Count));
        Assert.Equal(inputs.Length, version.Metrics[RequestOutcome.Ok]!.Request.Read().Count);
        Assert.Equal(0, version.Metrics.Pending);
    }

    [Fact]
    public async Task JoinAsync_MoreImagesThanABatch_RunsThemAlone()
    {
        var input = Pixels(3, 40);

        Assert.Equal(Direct(input), await RunAsync(Create(onDevice: true), input), Near);
    }

    [Fact]
    public async Task JoinAsync_FloatsAmongPixels_RunInABatchOfTheirOwn()
    {
        var gatherer = Create(onDevice: false);
        var pixels = Pixels(1, 1);
        var floats = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([.. pixels.Select(pixel => (float)pixel)]).ToArray();
        var outputs = new[] { new float[3], new float[3], new float[3] };
        var runs = new[]
        {
            Join(gatherer, new(InputKind.Pixels, pixels), outputs[0], Anyone),
            Join(gatherer, new(InputKind.Floats, floats), outputs[1], Anyone),
            Join(gatherer, new(InputKind.Pixels, pixels), outputs[2], Anyone),
        };

        gatherer.RunJoined();
        await Task.WhenAll(runs);

        Assert.All(outputs, output => Assert.Equal(Direct(pixels), output, Near));
        Assert.Equal([(1, 1L), (2, 1L)], version.Metrics.Batches.Select(batch => (batch.Size, batch.Runs.Read().Count)));
    }

    [Fact]
    public void JoinAsync_TheBatchIsFull_RunsOnThisThreadAtOnce()
    {
        var gatherer = Create(onDevice: false);

        var inputs = Enumerable.Range(0, Most).Select(seed => new InferenceInput(InputKind.Pixels, Pixels(seed, 1)));
        var runs = inputs.Select(input => Join(gatherer, input, new float[3], Anyone)).ToArray();

        Assert.All(runs, run => Assert.True(run.IsCompletedSuccessfully));
        Assert.Equal([Most], version.Metrics.Batches.Select(batch => batch.Size));
    }

    [Fact]
    public async Task RunJoined_SomeHaveNoMoreInterest_TheOthersRunTogether()
    {
        var gatherer = Create(onDevice: false);
        Caller[] callers =
        [
            Anyone, Anyone with { Deadline = DateTime.UtcNow.AddSeconds(-1) }, Anyone with { Gone = new(canceled: true) }, Anyone,
        ];
        var outputs = callers.Select(_ => new float[3]).ToArray();
        InferenceInput Input(int index) => new(InputKind.Pixels, Pixels(index, 1));
        var runs = callers.Select((caller, index) => Join(gatherer, Input(index), outputs[index], caller)).ToArray();

        gatherer.RunJoined();

        Assert.Equal(InferenceErrorKind.DeadlineExceeded, (await Assert.ThrowsAsync<InferenceException>(() => runs[1])).Kind);
        Assert.Equal(InferenceErrorKind.Cancelled, (await Assert.ThrowsAsync<InferenceException>(() => runs[2])).Kind);
        await Task.WhenAll(runs[0], runs[3]);
        Assert.Equal(Direct(Pixels(0, 1)), outputs[0], Near);
        Assert.Equal(Direct(Pixels(3, 1)), outputs[3], Near);
        Assert.Equal([2], version.Metrics.Batches.Select(batch => batch.Size));
        RequestOutcome[] outcomes = [RequestOutcome.Ok, RequestOutcome.Deadline, RequestOutcome.Cancelled];
        Assert.Equal([2, 1, 1], outcomes.Select(outcome => version.Metrics[outcome]!.Request.Read().Count));
    }

    [Fact]
    public async Task JoinAsync_TheDeviceIsBusyAndItsQueueFull_IsRejectedWithPushBack()
    {
        using var free = new ManualResetEventSlim();
        var gatherer = new Gatherer(Most, queueLength: 2, thread, TimeProvider.System);
        thread.Add(() => free.Wait(TestContext.Current.CancellationToken));
        var waiting = new[] { RunAsync(gatherer, Pixels(1, 1)), RunAsync(gatherer, Pixels(2, 1)) };
        await Eventually.TrueAsync(() => gatherer.Waiting == 2);

        var exception = await Assert.ThrowsAsync<InferenceException>(() => RunAsync(gatherer, Pixels(3, 1)));

        Assert.Equal(InferenceErrorKind.Overloaded, exception.Kind);
        Assert.True(exception.RetryAfter > TimeSpan.Zero);
        free.Set();
        await Task.WhenAll(waiting);
        Assert.Equal([2], version.Metrics.Batches.Select(batch => batch.Size));
    }

    [Fact]
    public void JoinAsync_SomeJoinedBefore_AllocatesNothing()
    {
        var gatherer = Create(onDevice: false);
        var input = new InferenceInput(InputKind.Pixels, Pixels(1, 1));
        var outputs = new float[3];
        void Run()
        {
            var run = gatherer.JoinAsync(version, input, outputs, Anyone, new(version.Metrics), runs: false);
            gatherer.RunJoined();
            if (!run.IsCompletedSuccessfully || run.Result == default)
                Assert.Fail("the run is not over");
        }

        Assert.Equal(0, Allocation.OfThousand(Run));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void JoinAsync_RunIsOver_KeepsNothingOfTheCallerAlive(bool isCanceled)
    {
        var gatherer = Create(onDevice: false);

        var caller = Run(gatherer, isCanceled);
        GC.Collect();

        Assert.False(caller.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Run(Gatherer gatherer, bool isCanceled)
    {
        var gone = new CancellationTokenSource();
        var input = new InferenceInput(InputKind.Pixels, Pixels(1, 1));
        var run = Join(gatherer, input, new float[3], Anyone with { Gone = gone.Token });
        if (isCanceled)
            gone.Cancel();
        gatherer.RunJoined();
        if (isCanceled)
            Assert.Throws<InferenceException>(() => run.GetAwaiter().GetResult());
        else
            run.GetAwaiter().GetResult();
        return new(gone);
    }

    [Fact]
    public async Task Classify_ManyAtOnce_SomeRunTogetherAndEachCountsForItself()
    {
        await using var server = await TestServer.StartAsync();
        var tiny = server.App.Services.GetRequiredService<ServerMetrics>().For("tiny", 1);
        var calls = 0;

        await Eventually.TrueAsync(async () =>
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, 64).Select(async index =>
            {
                var image = ClassifierServiceTests.Stripe(index % 3);
                return (Index: index, Reply: await server.Client.ClassifyAsync(new() { Image = image }, cancellationToken: Anyone.Gone));
            }));
            calls += replies.Length;
            Assert.All(replies, reply => Assert.Equal(reply.Index % 3, reply.Reply.Predictions[0].Index));
            return tiny.Batches.Any(batch => batch.Size > 1);
        });

        Assert.Equal(calls, tiny.Inferences);
        Assert.Equal(calls, tiny[RequestOutcome.Ok]!.Request.Read().Count);
        Assert.Equal(0, tiny.Pending);
    }

    private Gatherer Create(bool onDevice) => new(Most, queueLength: 1000, onDevice ? thread : null, TimeProvider.System);

    private Task<RequestPhases> Join(Gatherer gatherer, InferenceInput input, float[] outputs, Caller caller) =>
        gatherer.JoinAsync(version, input, outputs, caller, new(version.Metrics), runs: false).AsTask();

    private async Task<float[]> RunAsync(Gatherer gatherer, byte[] pixels)
    {
        await Task.Yield();
        var outputs = new float[pixels.Length / 16 * 3];
        await gatherer.JoinAsync(version, new(InputKind.Pixels, pixels), outputs, Anyone, new(version.Metrics));
        return outputs;
    }

    private float[] Direct(byte[] pixels)
    {
        var outputs = new float[pixels.Length / 16 * 3];
        version.Model.Run(pixels, outputs);
        return outputs;
    }

    private static bool Near(float expected, float actual) => MathF.Abs(expected - actual) < 1e-5f;

    private static byte[] Pixels(int seed, int images)
    {
        var pixels = new byte[16 * images];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }
}
