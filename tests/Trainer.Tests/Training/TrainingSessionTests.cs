using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Training;
using TorchSharp;

namespace LeNetServe.Trainer.Tests.Training;

public sealed class TrainingSessionTests
{
    [Theory]
    [InlineData(1, new[] { 1.0 })]
    [InlineData(1, new[] { 1.0, 0.96 })]
    [InlineData(2, new[] { 1.0, 0.9 })]
    [InlineData(4, new[] { 1.0, 0.6, 0.3, 0.29 })]
    [InlineData(1, new[] { 1.0, 3.0, 9.0 })]
    public void Fewest_SecondsOfOneTwoFourEightThreads_AreNotClearlySlowerThanTheBest(int expected, double[] seconds) =>
        Assert.Equal(expected, TrainingSession.Fewest([.. seconds.Select((time, power) => (1 << power, time))]));

    [Fact]
    public void ChooseThreads_BeforeTheFirstStep_ChangesNothingThatTrainingDependsOn()
    {
        var (chosen, plain) = (OneStep(choose: true), OneStep(choose: false));

        Assert.Equal(plain.Weights, chosen.Weights);
        Assert.Equal(plain.Statistics, chosen.Statistics);
        Assert.InRange(chosen.Threads, 1, 2);
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-1998")]
    public void Step_AThousandTimes_LeavesNoTensorBehind(string variant)
    {
        using var directory = new TemporaryDirectory();
        var dataset = TinyDataset.Create(train: 64, test: 4);
        var config = new TrainingConfig
        {
            Dataset = "tiny",
            Variant = variant,
            BatchSize = 4,
            Validation = 0,
            Ema = 0.9,
            GradientClip = 1,
            WeightDecay = 0.1,
            Flip = FlipKind.Random,
            Elastic = 1,
            Cutout = 3,
        };
        using var state = new TrainingState(config, Variants.Create(variant, 1, 4), torch.CPU, new(directory.Path));
        using var threads = new ShardThreads(1);
        using var session = new TrainingSession(config, Model(config, dataset), dataset.Train, state, threads, new PlainDisplay(TextWriter.Null));
        int[] batch = [.. Enumerable.Range(0, 4)];
        for (var warmUp = 0; warmUp < 10; warmUp++)
            session.Step(batch);

        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var step = 0; step < 1000; step++)
            session.Step(batch);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    // Batch norm: its running statistics change by every forward pass.
    private static (byte[] Weights, byte[] Statistics, int Threads) OneStep(bool choose)
    {
        using var directory = new TemporaryDirectory();
        var dataset = TinyDataset.Create(train: 64, test: 4);
        var config = new TrainingConfig { Dataset = "tiny", Variant = "lenet5-bn", BatchSize = 16, Validation = 0 };
        using var state = new TrainingState(config, Variants.Create(config.Variant, 1, 4), torch.CPU, new(directory.Path));
        using var threads = new ShardThreads(2);
        using var session = new TrainingSession(config, Model(config, dataset), dataset.Train, state, threads, new PlainDisplay(TextWriter.Null));
        if (choose)
            session.ChooseThreads();
        session.Step([.. Enumerable.Range(0, 16)]);
        return (state.Weights.Trained.bytes.ToArray(), state.Weights.Constant.bytes.ToArray(), threads.Threads);
    }

    private static TrainedModel Model(TrainingConfig config, ImageDataset dataset) => new()
    {
        Spec = Variants.Create(config.Variant, 1, 4),
        Labels = dataset.Labels,
        Imaging = dataset.Imaging,
        Normalization = PixelStatistics.Of(dataset.Train),
        Dataset = DatasetIdentity.Of(dataset),
    };
}
