using LeNetServe.BatchScorer.Invocation;
using LeNetServe.BatchScorer.Jobs;

namespace LeNetServe.BatchScorer.Tests.Jobs;

public sealed class ShardTests
{
    [Theory]
    [InlineData("0/4", null, "", 0, 4)]
    [InlineData("3/4", null, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=2", 3, 4)]
    [InlineData(null, null, "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4", 2, 4)]
    [InlineData(null, null, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1", 2, 4)]
    [InlineData(null, null, "SLURM_ARRAY_TASK_ID=30 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=10", 2, 4)]
    [InlineData(null, 5, "JOB_COMPLETION_INDEX=4", 4, 5)]
    public void Parse_AnOptionOrACluster_IsThatShard(string? option, int? count, string environment, int index, int of) =>
        Assert.Equal(new Shard(index, of), Shard.Parse(option, count, Variables(environment)));

    [Theory]
    [InlineData(null, "")]
    [InlineData("none", "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4")]
    public void Parse_NoShard_IsNull(string? option, string environment) => Assert.Null(Shard.Parse(option, null, Variables(environment)));

    [Theory]
    [InlineData("4/4", null, "", "expected an index from 0 to 3")]
    [InlineData("1", null, "", "expected I/N")]
    [InlineData("-1/4", null, "", "expected I/N")]
    [InlineData("0/0", null, "", "expected an index")]
    [InlineData(null, null, "JOB_COMPLETION_INDEX=4", "expected --shards N")]
    [InlineData(null, 4, "", "expected --shard I/4")]
    [InlineData(null, null, "SLURM_ARRAY_TASK_ID=2", "SLURM_ARRAY_TASK_COUNT is ''")]
    public void Parse_WhatCannotBe_SaysWhatWasExpected(string? option, int? count, string environment, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => Shard.Parse(option, count, Variables(environment))).Message);

    private static Func<string, string?> Variables(string text)
    {
        var pairs = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => pairs.GetValueOrDefault(name);
    }
}
