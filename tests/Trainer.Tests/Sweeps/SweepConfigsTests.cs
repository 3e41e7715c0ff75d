using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Sweeps;

namespace LeNetServe.Trainer.Tests.Sweeps;

public sealed class SweepConfigsTests
{
    [Fact]
    public void Of_GridSamplesAndSeeds_AreAllCombinations()
    {
        var configs = SweepConfigs.Of(
            Plan("optimizer=sgd,adamw", "epochs=1,2,3", "learning-rate=0.001..0.1:log") with { Samples = 2, Seeds = [1, 2] });

        Assert.Equal(2 * 3 * 2 * 2, configs.Count);
        Assert.Equal(2 * 3 * 2, configs.Select(config => config.LearningRate).Distinct().Count());
        Assert.All(configs, config => Assert.InRange(config.LearningRate, 0.001, 0.1));
        Assert.Equal(6, configs.Count(config => config is { Optimizer: OptimizerKind.Sgd, Seed: 2 }));
    }

    [Fact]
    public void Of_SamePlan_GivesTheSameConfigsInTheSameOrder()
    {
        var plan = Plan("learning-rate=0.001..0.1:log", "batch-size=32..256") with { Samples = 20 };

        Assert.Equal(SweepConfigs.Of(plan), SweepConfigs.Of(plan));
        Assert.NotEqual(SweepConfigs.Of(plan), SweepConfigs.Of(plan with { RandomSeed = 2 }));
    }

    [Fact]
    public void Of_LogarithmicRange_DrawsEvenlyOverTheLogarithm()
    {
        var configs = SweepConfigs.Of(Plan("learning-rate=0.0001..1:log") with { Samples = 400 });

        Assert.InRange(configs.Count(config => config.LearningRate < 0.01), 160, 240);
    }

    [Fact]
    public void Of_RangeOfAWholeNumber_DrawsWholeNumbers() =>
        Assert.All(SweepConfigs.Of(Plan("batch-size=32..256") with { Samples = 10 }), config => Assert.InRange(config.BatchSize, 32, 256));

    [Fact]
    public void Of_EqualValuesTwice_AreOneRun() => Assert.Single(SweepConfigs.Of(Plan("learning-rate=0.01,0.010")));

    [Theory]
    [InlineData("learning-rat=0.1", "--set names learning-rat, which is not a value of a config; did you mean learning-rate?")]
    [InlineData("learnin_rate=0.1", "--set names learnin_rate, which is not a value of a config; did you mean learning-rate?")]
    [InlineData("learning-rate=-1,0.1", "learning_rate is -1")]
    [InlineData("optimizer=sgd,adaam", "optimizer is \"adaam\", expected sgd, adam, adamw or muon")]
    [InlineData("learning-rate=0.1..0.01", "0.1..0.01 is empty")]
    [InlineData("learning-rate=0..0.01:log", "expected more than 0")]
    [InlineData("optimizer=1..2", "optimizer is not a number")]
    [InlineData("seed=1,2", "expected the sweep's seeds")]
    [InlineData("learning-rate", "expected key=value")]
    [InlineData("optimizer=SGD,adam", "optimizer is \"SGD\", expected sgd, adam, adamw or muon; did you mean sgd?")]
    public void Of_FaultyField_SaysWhat(string set, string message)
    {
        var exception = Assert.Throws<ExpectedException>(() => SweepConfigs.Of(Plan(set)));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_MoreRunsThanAnyoneTrains_IsRefusedAtOnce()
    {
        var plan = Plan("learning-rate=0.001..0.1:log", "epochs=1,2,3") with { Samples = 2_000_000_000, Seeds = [1, 2] };

        Assert.Equal(
            "the sweep has 12,000,000,000 runs, expected at most 100,000",
            Assert.Throws<ExpectedException>(() => SweepConfigs.Of(plan)).Message);
    }

    [Theory]
    [InlineData("3", new[] { 3 })]
    [InlineData("1..4", new[] { 1, 2, 3, 4 })]
    [InlineData("1,5..6", new[] { 1, 5, 6 })]
    public void Seeds_Text_IsReadAsNumbersAndRanges(string text, int[] expected) => Assert.Equal(expected, SetOption.Seeds(text));

    [Theory]
    [InlineData("4..1")]
    [InlineData("a")]
    [InlineData("1..2..3")]
    [InlineData("-2147483648..2147483647")]
    [InlineData("1..100001")]
    public void Seeds_OtherText_IsAUsageError(string text) => Assert.Throws<ExpectedException>(() => SetOption.Seeds(text));

    private static SweepPlan Plan(params string[] sets) => sets.Aggregate(new SweepPlan(), SetOption.Apply);
}
