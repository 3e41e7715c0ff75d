using System.CommandLine;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Invocation;

namespace LeNetServe.Trainer.Commands;

/// <summary>Options that say where to compute; they are no part of a run's identity.</summary>
internal static class ComputeOptions
{
    public static Option<string> Device { get; } = new("--device")
    {
        Description = "auto, cpu or cuda.",
        DefaultValueFactory = _ => "auto",
    };

    public static Option<int?> Threads { get; } = new("--threads")
    {
        Description = "Threads to compute with, at most one per shard; the result does not depend on it. Default: chosen by a short measurement.",
    };

    /// <summary>The number of threads for a config.</summary>
    public static int ThreadCount(ParseResult result, TrainingConfig config) => result.GetValue(Threads) switch
    {
        null => Math.Min(Environment.ProcessorCount, config.Shards),
        < 1 => throw new UsageException($"--threads is {result.GetValue(Threads)}, expected 1 or more"),
        { } threads => Math.Min(threads, config.Shards),
    };
}
