using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Errors;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Inference;

public sealed class InferencePipelineTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly ServerMetrics metrics = new();
    private readonly SlowWork slow = new(new() { Concurrency = 1 }, TimeProvider.System);
    private readonly InferencePipeline pipeline;
    private readonly ServedVersion version;

    public InferencePipelineTests()
    {
        new TinyOnnx().Write(directory.Path);
        version = new("tiny", 1, ClassifierModel.Open(directory.Path), metrics.For("tiny", 1), quickImages: 100, maxImagePixels: 1);
        pipeline = new(slow, new(), new(), TimeProvider.System);
    }

    private static Caller Anyone => new(DateTime.MaxValue, TestContext.Current.CancellationToken);

    private static InferenceInput Input => new(InputKind.Pixels, new byte[16]);

    public void Dispose()
    {
        version.Release();
        pipeline.Dispose();
        slow.Dispose();
        metrics.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task ExplainAsync_WaitsForASlot_CountsTheWaitAsQueue()
    {
        await slow.Small.EnterAsync(Anyone);
        var explaining = pipeline.ExplainAsync(version, Input, new([], null, null), Anyone);
        Assert.Equal(1, pipeline.Waiting);

        slow.Small.Exit();

        Assert.True((await explaining).Phases.Queue > 0);
    }

    [Fact]
    public void RunManyAsync_ManyImages_RentsTheirMemory()
    {
        var images = Enumerable.Repeat(Input, 64).ToArray();
        var outputs = new float[64 * 3];
        var errors = new InferenceException?[64];

        void Run()
        {
            if (!pipeline.RunManyAsync(version, images, outputs, errors, Anyone).AsTask().IsCompletedSuccessfully)
                Assert.Fail("the run is not over");
        }

        // The results alone are 768 bytes. Enumerators and the task remain.
        Assert.InRange(Allocation.OfThousand(Run) / 1000, 0, 512);
    }
}
