using System.Globalization;
using LeNetServe.Certainty;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Training;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Training;

public sealed class HeldOutCheckTests
{
    [Theory]
    [InlineData(4, 0.6, "0.6 holds out every training image of class 0, which has 1, and of 3 other classes, expected 0.5 or less")]
    [InlineData(8, 0.9, "0.9 holds out every training image of class 0, which has 2, and of 3 other classes, expected 0.74 or less")]
    [InlineData(7, 0.7, "0.7 holds out every training image of class 3, which has 1, expected 0.5 or less")]
    public void Run_ShareThatLeavesNothingOfAClass_SaysTheLargestShare(int train, double validation, string expected)
    {
        using var directory = new TemporaryDirectory();

        var exception = Assert.Throws<ExpectedException>(() => New(directory, train, new() { Validation = validation }));

        Assert.Equal((ExitCode.Usage, $"--validation {expected}"), (exception.Code, exception.Message));
    }

    [Theory]
    [InlineData(4, 0.5)]
    [InlineData(8, 0.74)]
    [InlineData(40, 0.9)]
    public void Run_TheLargestShare_TrainsOnAllClasses(int train, double validation)
    {
        using var directory = new TemporaryDirectory();
        var run = New(directory, train, new() { Validation = validation, Epochs = 1 });

        var summary = Execute(run);

        Assert.Equal(summary.ValidationAccuracy is null, train == 4);
        Assert.InRange(summary.ValidationAccuracy ?? 0, 0, 1);
    }

    [Fact]
    public void Run_CalibrationThatTakesAll_IsRefusedToo()
    {
        using var directory = new TemporaryDirectory();
        var uneven = TinyDataset.Create(train: 401);
        uneven.Train.Labels.AsSpan().Replace(1, 0);
        uneven.Train.Labels[1] = 1;

        var exception = Assert.Throws<ExpectedException>(() => new TrainingRun(
            new() { Dataset = "tiny", Validation = 0, Calibration = 0.6 }, uneven, directory.Path));

        Assert.Equal(
            "--calibration 0.6 holds out every training image of class 1, which has 1, expected 0.5 or less", exception.Message);
    }

    [Theory]
    [InlineData(840, 0.1, null, "no calibration and no novelty: --validation 0.1 holds out 84 of 840 training images, "
        + "expected 100 or more; train with --validation 0.13 or more")]
    [InlineData(240, 0, null, "no calibration and no novelty: --calibration 0.05 holds out 12 of 240 training images, "
        + "expected 100 or more; train with --calibration 0.43 or more")]
    [InlineData(144, 0, null, "no calibration and no novelty: --calibration 0.05 holds out 8 of 144 training images, "
        + "expected 100 or more; with --calibration 0.5, 204 training images are enough")]
    [InlineData(8, 0.1, null, "no validation: --validation 0.1 holds out none of 8 training images, so the last epoch counts")]
    [InlineData(144, 0, 0.0, null)]
    [InlineData(840, 0.13, null, null)]
    [InlineData(240, 0, 0.43, null)]
    [InlineData(204, 0, 0.5, null)]
    public void Notes_TooFewHeldOut_SayTheShareThatIsEnough(int train, double validation, double? calibration, string? expected)
    {
        using var directory = new TemporaryDirectory();
        var config = new TrainingConfig { Validation = validation };

        var run = New(directory, train, calibration is null ? config : config with { Calibration = calibration });

        Assert.Equal(expected, run.Notes.FirstOrDefault());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(997)]
    public void Advice_EveryShareThatItNames_HoldsOutEnough(int classes)
    {
        for (var images = 2 * HeldOutImages.Fewest + classes; images < 5000; images += 37)
        {
            var advice = HeldOutImages.Advice(validates: true, images, classes);
            var share = double.Parse(advice.Split(' ')[3], CultureInfo.InvariantCulture);
            var held = Enumerable.Range(0, classes)
                .Sum(label => TrainingData.Taken((images / classes) + (label < images % classes ? 1 : 0), share));
            Assert.True(held >= HeldOutImages.Fewest, $"{advice}: {held} of {images}");
        }
    }

    [Fact]
    public void Execute_RefusedBeforeItsFirstStep_LeavesNoRun()
    {
        using var directory = new TemporaryDirectory();
        var run = new TrainingRun(
            new() { Dataset = "tiny", Variant = "lenet5-bn", BatchSize = 3 }, TinyDataset.Create(), directory.Path);

        Assert.Throws<ExpectedException>(() => Execute(run));

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    private static TrainingRun New(TemporaryDirectory directory, int train, TrainingConfig config) =>
        new(config with { Dataset = "tiny" }, TinyDataset.Create(train, test: 8), directory.Path);

    private static RunSummary Execute(TrainingRun run)
    {
        using var threads = new SliceThreads(1);
        return run.Execute(CPU, threads, new PlainDisplay(TextWriter.Null), TestContext.Current.CancellationToken);
    }
}
