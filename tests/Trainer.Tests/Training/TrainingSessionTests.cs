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
        var spec = Variants.Create(variant, 1, 4);
        var model = new TrainedModel
        {
            Spec = spec,
            Labels = dataset.Labels,
            Imaging = dataset.Imaging,
            Normalization = PixelStatistics.Of(dataset.Train),
            Dataset = DatasetIdentity.Of(dataset),
        };
        using var state = new TrainingState(config, spec, torch.CPU, new(directory.Path));
        using var threads = new ShardThreads(1);
        using var session = new TrainingSession(config, model, dataset.Train, state, threads, new PlainDisplay(TextWriter.Null));
        int[] batch = [.. Enumerable.Range(0, 4)];
        for (var warmUp = 0; warmUp < 10; warmUp++)
            session.Step(batch);

        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var step = 0; step < 1000; step++)
            session.Step(batch);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
