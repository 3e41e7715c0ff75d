using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Errors;
using LeNetServe.Tests;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Inference;

public sealed class GatheredRunsTests : IDisposable
{
    private static readonly Caller Anyone = new(DateTime.MaxValue, CancellationToken.None);
    private readonly TemporaryDirectory directory = new();
    private readonly ServerMetrics metrics = new();
    private readonly ClassifierModel model;

    public GatheredRunsTests()
    {
        new TinyOnnx().Write(directory.Path);
        model = ClassifierModel.Open(directory.Path);
    }

    public void Dispose()
    {
        model.Dispose();
        metrics.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(8, new[] { 1, 2, 4, 8 })]
    [InlineData(12, new[] { 1, 2, 4, 8, 12 })]
    public void Sizes_Largest_ArePowersOfTwoAndIt(int largest, int[] expected) => Assert.Equal(expected, GatheredRuns.Sizes(largest));

    [Fact]
    public async Task RunAsync_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        using var gathered = Create(TimeSpan.Zero);
        var inputs = Enumerable.Range(0, 300).Select(seed => Pixels(seed, 1 + (seed % 3))).ToArray();

        var outputs = await Task.WhenAll(inputs.Select(input => RunAsync(gathered, input)));

        for (var index = 0; index < inputs.Length; index++)
            Assert.Equal(Direct(inputs[index]), outputs[index], Near);
        Assert.Equal(inputs.Sum(input => input.Length / 16), metrics.For("tiny", 1).Batches.Sum(batch => batch.Size * batch.Runs.Read().Count));
    }

    [Fact]
    public async Task RunAsync_MoreImagesThanABatch_RunsThemAlone()
    {
        using var gathered = Create(TimeSpan.Zero);
        var input = Pixels(3, 40);

        Assert.Equal(Direct(input), await RunAsync(gathered, input), Near);
    }

    [Fact]
    public async Task RunAsync_QueueDelay_GathersUntilItIsOver()
    {
        var time = new FakeTimeProvider();
        using var gathered = Create(TimeSpan.FromMilliseconds(5), time);
        var first = RunAsync(gathered, Pixels(1, 1));
        var second = RunAsync(gathered, Pixels(2, 1));
        Assert.False(first.IsCompleted);

        while (!second.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        Assert.Equal(Direct(Pixels(1, 1)), await first, Near);
        Assert.Equal(Direct(Pixels(2, 1)), await second, Near);
    }

    [Fact]
    public async Task RunAsync_QueueDelayAndFullBatch_RunsAtOnce()
    {
        using var gathered = Create(TimeSpan.FromDays(0.01), new FakeTimeProvider());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => RunAsync(gathered, Pixels(seed, 1))));

        Assert.Equal(8, metrics.For("tiny", 1).Batches.Sum(batch => batch.Size * batch.Runs.Read().Count));
    }

    [Fact]
    public async Task RunAsync_CallerGoneWhileItGathers_EndsAtOnce()
    {
        var time = new FakeTimeProvider();
        using var gathered = Create(TimeSpan.FromMilliseconds(5), time);
        using var gone = new CancellationTokenSource();
        var waiting = gathered.RunAsync(Pixels(1, 1), false, new float[3], new(DateTime.MaxValue, gone.Token));
        Assert.False(waiting.IsCompleted);

        await gone.CancelAsync();

        var exception = await Assert.ThrowsAsync<InferenceException>(() => waiting);

        Assert.Equal(InferenceErrorKind.Cancelled, exception.Kind);
    }

    private GatheredRuns Create(TimeSpan delay, TimeProvider? time = null) =>
        new(model, metrics.For("tiny", 1), GatheredRuns.Sizes(8), new() { MaxQueueDelay = delay, QueueLength = 1000 }, time ?? TimeProvider.System);

    private static async Task<float[]> RunAsync(GatheredRuns gathered, byte[] pixels)
    {
        var outputs = new float[pixels.Length / 16 * 3];
        await gathered.RunAsync(pixels, false, outputs, Anyone);
        return outputs;
    }

    private float[] Direct(byte[] pixels)
    {
        var outputs = new float[pixels.Length / 16 * 3];
        model.Run(pixels, outputs);
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
