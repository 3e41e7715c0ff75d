using System.CommandLine;
using LeNetServe.Cli;

namespace LeNetServe.Trainer.Computing;

/// <summary>The options of the machine to compute on, which do not belong to a run's identity.</summary>
internal static class ComputeOptions
{
    public static Option<string> Device { get; } = CliOption.WithDefault("--device", "auto", "auto, cpu or cuda.")
        .Completed(ComputeDevice.Names);

    public static Option<int?> Threads { get; } = CliOption.Number<int>(
        "--threads",
        "Threads to compute with, at most one per slice of a batch (--shards); the result does not depend on it. Default: measured.")
        .AtLeast(1);
}
