using LeNetServe.Cli;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>The request for many runs.</summary>
internal sealed record SweepOptions
{
    /// <summary>The values to try.</summary>
    public required SweepPlan Plan { get; init; }

    /// <summary>This machine's share of the runs.</summary>
    public required WorkShare Share { get; init; }

    /// <summary>Directory of the runs.</summary>
    public required string Runs { get; init; }

    /// <summary>Runs at a time; null for as many as the cores allow.</summary>
    public int? Workers { get; init; }

    public required int Threads { get; init; }

    public required string Device { get; init; }

    /// <summary>Never use the network.</summary>
    public bool Offline { get; init; }

    /// <summary>List the runs only.</summary>
    public bool DryRun { get; init; }
}
