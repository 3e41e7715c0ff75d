using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.BatchScorer.Scoring;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Imaging;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Scoring;

public sealed class ChunkWorkerTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly InProcessClassifier classifier;

    public ChunkWorkerTests() => classifier = new InProcessClassifier(Pictures.WriteModel(directory["model"]), null);

    public void Dispose()
    {
        classifier.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task ScoreAsync_CancelledAfterTheChunkWasFilled_LeavesItsImagesAlone()
    {
        var chunk = MembersOfAnArchive();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Worker().ScoreAsync(chunk, new CancellationToken(canceled: true)).AsTask());

        Assert.All(chunk.Rows.Take(chunk.Count), row => Assert.Empty(row.Name));
    }

    [Fact]
    public async Task ScoreAsync_MembersOfAnArchive_KeepPixelsInPlaceOfTheirContent()
    {
        var chunk = MembersOfAnArchive();

        await Worker().ScoreAsync(chunk, TestContext.Current.CancellationToken);

        Assert.All(chunk.Images.Take(2), image => Assert.Null(image.Content));
        Assert.Equal(Pictures.Size * Pictures.Size, chunk.Images[0].Pixels!.Length);
        Assert.Equal(chunk.Rows[1].Error, chunk.Images[1].Error);
        Assert.NotNull(chunk.Images[1].Error);
    }

    [Fact]
    public async Task ScoreAsync_OutputOfOneImageIsNaN_IsAnErrorOfItsRow()
    {
        new TinyOnnx { Height = Pictures.Size, Width = Pictures.Size, Classes = 10 }.WithNaN().Write(directory["nan", "1"]);
        using var undefined = new InProcessClassifier(directory["nan"], null);
        var chunk = new Chunk(1) { Count = 2 };
        byte[] pixels = [255, .. new byte[(Pictures.Size * Pictures.Size) - 1]];
        chunk.Images[0] = new InputImage { Name = "a.png", Content = Imaging.PngFile.Encode(pixels, new(1, Pictures.Size, Pictures.Size)) };
        chunk.Images[1] = new InputImage { Name = "b.png", Content = Pictures.Png(4) };

        await Worker(undefined).ScoreAsync(chunk, TestContext.Current.CancellationToken);

        Assert.Equal(new RowError("not_finite", "the model's output for it is NaN or infinite"), chunk.Rows[0].Error);
        Assert.Null(chunk.Rows[1].Error);
    }

    private ChunkWorker Worker() => Worker(classifier);

    private static ChunkWorker Worker(InProcessClassifier classifier) =>
        new(classifier, new ImagePreprocessor(classifier.Model.Imaging), new FolderLabels([], used: false), topK: 1, reject: false,
            hashContent: false, _ => { });

    /// <summary>A picture, and a file that is none.</summary>
    private static Chunk MembersOfAnArchive()
    {
        var chunk = new Chunk(1) { Count = 2 };
        chunk.Images[0] = new InputImage { Name = "a.zip!/a.png", Content = Pictures.Png(4) };
        chunk.Images[1] = new InputImage { Name = "a.zip!/b.png", Content = [1, 2, 3] };
        return chunk;
    }
}
