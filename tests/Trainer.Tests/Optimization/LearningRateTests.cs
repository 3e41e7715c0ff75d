using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Optimization;

namespace LeNetServe.Trainer.Tests.Optimization;

public sealed class LearningRateTests
{
    private const int Steps = 100;

    [Theory]
    [InlineData(nameof(ScheduleKind.Constant), 0, 1.0, 1.0, 1.0)]
    [InlineData(nameof(ScheduleKind.Step), 0, 1.0, 0.1, 0.1)]
    [InlineData(nameof(ScheduleKind.Cosine), 0, 1.0, 0.5, 0.0)]
    [InlineData(nameof(ScheduleKind.LeCun1998), 0, 1.0, 0.1, 0.02)]
    [InlineData(nameof(ScheduleKind.OneCycle), 0.5, 0.04, 1.0, 0.0)]
    public void At_StartMiddleAndEnd_IsThePublishedShape(string schedule, double warmUp, double start, double middle, double end)
    {
        var kind = Enum.Parse<ScheduleKind>(schedule);
        var config = new TrainingConfig { Schedule = kind, LearningRate = 1, Epochs = 20, WarmUp = warmUp, StepEpochs = 10 };

        Assert.Equal(start, LearningRate.At(config, 0, Steps), 2);
        Assert.Equal(middle, LearningRate.At(config, 10 * Steps, Steps), 2);
        Assert.Equal(end, LearningRate.At(config, 20 * Steps - 1, Steps), 2);
    }

    [Fact]
    public void At_WarmUp_RisesInAStraightLine()
    {
        var config = new TrainingConfig { Schedule = ScheduleKind.Constant, LearningRate = 1, Epochs = 10, WarmUp = 0.1 };

        Assert.Equal(0.5, LearningRate.At(config, Steps / 2 - 1, Steps), 6);
        Assert.Equal(1, LearningRate.At(config, Steps, Steps), 6);
    }

    [Theory]
    [InlineData(nameof(ScheduleKind.Constant), 1.0, 1.0)]
    [InlineData(nameof(ScheduleKind.Step), 1.0, 0.1)]
    [InlineData(nameof(ScheduleKind.Cosine), 1.0, 0.5)]
    [InlineData(nameof(ScheduleKind.LeCun1998), 1.0, 0.1)]
    [InlineData(nameof(ScheduleKind.OneCycle), 0.04, 0.81)]
    public void At_WarmUpNotGiven_IsTheScheduleAsItIsKnown(string schedule, double start, double middle)
    {
        var config = new TrainingConfig { Schedule = Enum.Parse<ScheduleKind>(schedule), LearningRate = 1, Epochs = 20, StepEpochs = 10 };

        Assert.Equal(start, LearningRate.At(config, 0, Steps), 2);
        Assert.Equal(middle, LearningRate.At(config, 10 * Steps, Steps), 2);
    }

    [Theory]
    [InlineData(nameof(ScheduleKind.Cosine), 0)]
    [InlineData(nameof(ScheduleKind.Cosine), 0.2)]
    [InlineData(nameof(ScheduleKind.OneCycle), 0.3)]
    public void At_LastStep_IsZeroAndTheStepBeforeIsNot(string schedule, double warmUp)
    {
        var config = new TrainingConfig { Schedule = Enum.Parse<ScheduleKind>(schedule), LearningRate = 1, Epochs = 20, WarmUp = warmUp };
        var last = (20 * Steps) - 1;
        var falling = 20 * Steps * (1 - warmUp);

        Assert.Equal(0, LearningRate.At(config, last, Steps), 12);
        Assert.Equal((1 - Math.Cos(Math.PI / falling)) / 2, LearningRate.At(config, last - 1, Steps), 12);
    }

    [Fact]
    public void At_StepAfterWarmUp_CountsFromItsEnd()
    {
        var config = new TrainingConfig { Schedule = ScheduleKind.Step, LearningRate = 1, Epochs = 20, WarmUp = 0.3, StepEpochs = 3 };

        Assert.Equal(
            [1, 1, 1, 0.1, 0.1, 0.1, 0.01],
            Enumerable.Range(6, 7).Select(epoch => Math.Round(LearningRate.At(config, epoch * Steps, Steps), 9)));
    }

    [Fact]
    public void At_ThePapersSchedule_ChangesAfter2And5And8And12Of20Passes()
    {
        var config = new TrainingConfig { Schedule = ScheduleKind.LeCun1998, LearningRate = 5e-4, Epochs = 20, WarmUp = 0 };

        Assert.Equal(
            [5e-4, 5e-4, 2e-4, 2e-4, 2e-4, 1e-4, 1e-4, 1e-4, 5e-5, 5e-5, 5e-5, 5e-5, 1e-5],
            Enumerable.Range(0, 13).Select(epoch => Math.Round(LearningRate.At(config, epoch * Steps, Steps), 9)));
    }
}
