using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Training;
using TorchSharp;

namespace LeNetServe.Trainer.Tests.Training;

public sealed class TrainingSessionTests
{
    private static readonly TrainingConfig Plain = new()
    {
        Dataset = "tiny",
        BatchSize = 16,
        Validation = 0,
        Optimizer = OptimizerKind.Sgd,
        Momentum = 0,
        Nesterov = false,
        Schedule = ScheduleKind.Constant,
        LearningRate = 1,
    };

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
        using var threads = new SliceThreads(1);
        using var session = new TrainingSession(
            config, Model(config, dataset), dataset.Train, state, threads, new PlainDisplay(TextWriter.Null));
        int[] batch = [.. Enumerable.Range(0, 4)];
        for (var warmUp = 0; warmUp < 10; warmUp++)
            session.Step(batch);

        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var step = 0; step < 1000; step++)
            session.Step(batch);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Step_WithEma_AveragesTheWeightsAndForgetsFasterWhileYoung()
    {
        using var scope = torch.NewDisposeScope();
        var weights = new List<torch.Tensor>();
        var config = Plain with { Ema = 0.15 };
        using var directory = new TemporaryDirectory();
        var dataset = TinyDataset.Create(train: 64, test: 4);
        using var state = new TrainingState(config, Variants.Create(config.Variant, 1, 4), torch.CPU, new(directory.Path));
        using var threads = new SliceThreads(1);
        using var session = new TrainingSession(
            config, Model(config, dataset), dataset.Train, state, threads, new PlainDisplay(TextWriter.Null));
        weights.Add(state.Weights.Trained.clone());
        for (var step = 0; step < 3; step++)
        {
            state.Progress = state.Progress with { Step = step };
            session.Step([.. Enumerable.Range(16 * step, 16)]);
            weights.Add(state.Weights.Trained.clone());
        }

        // Decays 1/10, 2/11 and 3/12 of the young average, no more than 0.15.
        var expected = weights[0].lerp(weights[1], 1 - 0.1).lerp(weights[2], 1 - 0.15).lerp(weights[3], 1 - 0.15);
        Assert.True(state.Average!.Trained.allclose(expected, rtol: 0, atol: 1e-6));
        Assert.False(state.Average.Trained.allclose(weights[3], rtol: 0, atol: 1e-5));
        Assert.Same(state.Average, state.Current);
    }

    [Fact]
    public void Step_GradientLongerThanTheLimit_IsShortenedInItsDirection()
    {
        using var scope = torch.NewDisposeScope();
        const double Limit = 0.01;
        var (free, loose, clipped) = (Change(0), Change(1e6), Change(Limit));

        Assert.True(free.norm().item<float>() > 2 * Limit);
        Assert.True(loose.allclose(free, rtol: 0, atol: 1e-6));
        Assert.Equal(Limit, clipped.norm().item<float>(), 4);
        Assert.True(clipped.allclose(free.mul(Limit).div(free.norm()), rtol: 0, atol: 1e-6));

        // The change of a step of plain gradient descent at rate 1 is the gradient.
        static torch.Tensor Change(double limit)
        {
            var config = Plain with { GradientClip = limit };
            using var directory = new TemporaryDirectory();
            var dataset = TinyDataset.Create(train: 64, test: 4);
            using var state = new TrainingState(config, Variants.Create(config.Variant, 1, 4), torch.CPU, new(directory.Path));
            using var threads = new SliceThreads(1);
            using var session = new TrainingSession(
                config, Model(config, dataset), dataset.Train, state, threads, new PlainDisplay(TextWriter.Null));
            var before = state.Weights.Trained.clone();
            session.Step([.. Enumerable.Range(0, 16)]);
            return before - state.Weights.Trained;
        }
    }

    // Batch norm: its running statistics change by every forward pass.
    private static (byte[] Weights, byte[] Statistics, int Threads) OneStep(bool choose)
    {
        using var directory = new TemporaryDirectory();
        var dataset = TinyDataset.Create(train: 64, test: 4);
        var config = new TrainingConfig { Dataset = "tiny", Variant = "lenet5-bn", BatchSize = 16, Validation = 0 };
        using var state = new TrainingState(config, Variants.Create(config.Variant, 1, 4), torch.CPU, new(directory.Path));
        using var threads = new SliceThreads(2);
        using var session = new TrainingSession(
            config, Model(config, dataset), dataset.Train, state, threads, new PlainDisplay(TextWriter.Null));
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
