using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Commands;

/// <summary>Options that say where to compute; they are no part of a run's identity.</summary>
internal static class ComputeOptions
{
    public static Option<string> Device { get; } = new("--device")
    {
        Description = "auto, cpu or cuda.",
        DefaultValueFactory = _ => "auto",
    };

    public static Option<int?> Threads { get; } = new Option<int?>("--threads")
    {
        Description = "Threads to compute with, at most one per shard; the result does not depend on it. Default: chosen by a short measurement.",
    }.AtLeast(1);

    /// <summary>The number of threads for a config.</summary>
    public static int ThreadCount(ParseResult result, TrainingConfig config) => Math.Min(result.GetValue(Threads) ?? Environment.ProcessorCount, config.Shards);
}
