using LeNetServe.Trainer.Invocation;
using LeNetServe.Trainer.Sweeps;

namespace LeNetServe.Trainer.Tests.Sweeps;

public sealed class SweepShareTests
{
    [Theory]
    [InlineData("", null, null, 0, 1)]
    [InlineData("", 2, 4, 2, 4)]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0", null, null, 3, 8)]
    [InlineData("SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=2", null, null, 2, 4)]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8", 1, 2, 1, 2)]
    [InlineData("JOB_COMPLETION_INDEX=2", null, 5, 2, 5)]
    public void Of_OptionsAndEnvironment_IsTheShare(string variables, int? index, int? count, int expectedIndex, int expectedCount) =>
        Assert.Equal(new(expectedIndex, expectedCount), SweepShare.Of(index, count, Environment(variables)));

    [Theory]
    [InlineData("", 4, 4)]
    [InlineData("", -1, 4)]
    [InlineData("", 1, null)]
    [InlineData("", null, 4)]
    [InlineData("JOB_COMPLETION_INDEX=2", null, null)]
    [InlineData("SLURM_ARRAY_TASK_ID=x", null, 3)]
    public void Of_IndexWithoutItsCountOrOutside_IsAUsageError(string variables, int? index, int? count) =>
        Assert.Throws<UsageException>(() => SweepShare.Of(index, count, Environment(variables)));

    [Fact]
    public void Of_AllShares_MakeTheWholeOnce()
    {
        var items = Enumerable.Range(0, 23).ToList();

        Assert.Equal(items, Enumerable.Range(0, 5).SelectMany(index => new SweepShare(index, 5).Of(items)).Order());
    }

    private static Func<string, string?> Environment(string variables)
    {
        var values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => values.GetValueOrDefault(name);
    }
}
