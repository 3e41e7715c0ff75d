using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Scoring;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Imaging;
using LeNetServe.Runtime.Explaining;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Tests.Scoring;

public sealed class ScoringPipelineTests
{
    private static readonly byte[] Png = Pictures.Png(3);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task RunAsync_ManyImages_WritesEachOnceInTheOrderOfTheList(int workers)
    {
        var written = new List<string>();

        await Pipeline(new Classifier(), workers).RunAsync(Images(5000), chunk =>
        {
            for (var i = 0; i < chunk.Count; i++)
                written.Add(chunk.Rows[i].Name);
        }, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 5000).Select(number => $"{number}"), written);
    }

    [Fact]
    public async Task RunAsync_WorkerThatFails_EndsWithItsFailure()
    {
        var classifier = new Classifier { FailsAt = 3 };

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => Pipeline(classifier, 4).RunAsync(Images(100_000), _ => { }, TestContext.Current.CancellationToken));

        Assert.Equal("call 3", error.Message);
    }

    [Fact]
    public async Task RunAsync_WriteThatFails_EndsWithItsFailure() => await Assert.ThrowsAsync<IOException>(
        () => Pipeline(new Classifier(), 4).RunAsync(
            Images(100_000), _ => throw new IOException("full"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task RunAsync_Canceled_ReadsNoFurther()
    {
        using var source = new CancellationTokenSource();
        var listed = 0;
        var images = Images(1_000_000).Select(image =>
        {
            if (++listed == 500)
                source.Cancel();
            return image;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pipeline(new Classifier(), 2).RunAsync(images, _ => { },
            source.Token));

        Assert.InRange(listed, 500, 100_000);
    }

    private static ScoringPipeline Pipeline(Classifier classifier, int workers)
    {
        var imaging = new ImagePreprocessor(classifier.Model.Imaging);
        var labels = new FolderLabels([], used: false);
        return new(
            () => new ChunkWorker(classifier, imaging, labels, topK: 1, reject: false, hashContent: false, _ => { }), workers, topK: 1);
    }

    private static IEnumerable<InputImage> Images(int count) =>
        Enumerable.Range(0, count).Select(number => new InputImage { Name = $"{number}", Content = Png });

    private sealed class Classifier : IBatchClassifier
    {
        private int calls;

        public int FailsAt { get; init; } = int.MaxValue;

        public int DefaultParallelism => 1;

        public ScoringModel Model { get; } = new()
        {
            Name = "m",
            Version = 1,
            Sha256 = "",
            Labels = ["a", "b"],
            Imaging = new() { Input = new(1, Pictures.Size, Pictures.Size), ContentSize = Pictures.Size, Geometry = Geometry.None },
        };

        public ValueTask ClassifyAsync(
            ReadOnlyMemory<byte> pixels,
            int count,
            int topK,
            Memory<Prediction> scores,
            Memory<float> novelties,
            CancellationToken cancellationToken)
        {
            var call = Interlocked.Increment(ref calls);
            if (call == FailsAt)
                throw new InvalidDataException($"call {call}");
            scores.Span.Fill(new Prediction(0, 1));
            return ValueTask.CompletedTask;
        }

        public Attribution? Attribute(byte[] pixels, int target) => null;

        public void Dispose()
        {
        }
    }
}
