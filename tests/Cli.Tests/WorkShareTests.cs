namespace LeNetServe.Cli.Tests;

public sealed class WorkShareTests
{
    [Theory]
    [InlineData("0/4", null, null, "", 0, 4)]
    [InlineData(null, 2, 4, "", 2, 4)]
    [InlineData("3/4", null, null, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=2", 3, 4)]
    [InlineData(null, 1, 2, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8", 1, 2)]
    [InlineData(null, null, null, "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4", 2, 4)]
    [InlineData(null, null, null, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0", 3, 8)]
    [InlineData(null, null, null, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1", 2, 4)]
    [InlineData(null, null, null, "SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=2", 2, 4)]
    [InlineData(null, null, null, "SLURM_ARRAY_TASK_ID=30 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=10", 2, 4)]
    [InlineData(null, null, 5, "JOB_COMPLETION_INDEX=4", 4, 5)]
    public void Read_OptionsAndEnvironment_IsTheShare(
        string? shard, int? index, int? count, string environment, int expectedIndex, int expectedCount) =>
        Assert.Equal(new WorkShare(expectedIndex, expectedCount), WorkShare.Read(shard, index, count, Variables(environment)));

    [Theory]
    [InlineData(null, "")]
    [InlineData("none", "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4")]
    public void Read_NoShare_IsNull(string? shard, string environment) =>
        Assert.Null(WorkShare.Read(shard, null, null, Variables(environment)));

    [Theory]
    [InlineData("4/4", null, null, "", "expected an index from 0 to 3")]
    [InlineData("1", null, null, "", "expected I/N")]
    [InlineData("-1/4", null, null, "", "expected I/N")]
    [InlineData("0/0", null, null, "", "expected an index")]
    [InlineData(null, 4, 4, "", "expected an index from 0 to 3")]
    [InlineData(null, -1, 4, "", "expected an index from 0 to 3")]
    [InlineData(null, 1, null, "", "expected --shard 1/N")]
    [InlineData(null, null, 4, "", "expected --shard I/4")]
    [InlineData(null, null, null, "JOB_COMPLETION_INDEX=4", "expected --shards N")]
    [InlineData(null, null, null, "SLURM_ARRAY_TASK_ID=2", "SLURM_ARRAY_TASK_COUNT is \"\"")]
    [InlineData(null, null, 3, "SLURM_ARRAY_TASK_ID=x", "SLURM_ARRAY_TASK_ID is \"x\"")]
    public void Read_ShareThatDoesNotExist_SaysWhatWasExpected(string? shard, int? index, int? count, string environment, string expected)
    {
        var exception = Assert.Throws<ExpectedException>(() => WorkShare.Read(shard, index, count, Variables(environment)));

        Assert.Equal(ExitCode.Usage, exception.Code);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AllShares_MakeTheWholeOnce()
    {
        var items = Enumerable.Range(0, 23).ToList();

        Assert.Equal(items, Enumerable.Range(0, 5).SelectMany(index => new WorkShare(index, 5).Of(items)).Order());
    }

    private static Func<string, string?> Variables(string text)
    {
        var pairs = text.Split(
            ' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => pairs.GetValueOrDefault(name);
    }
}
