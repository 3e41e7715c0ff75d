namespace LeNetServe.Trainer.Commands;

/// <summary>The request for one training.</summary>
internal sealed record TrainOptions
{
    /// <summary>Name or path of the recipe; null for the data set's own.</summary>
    public string? Recipe { get; init; }

    /// <summary>Values of the config given by hand, by key.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>Directory of the runs.</summary>
    public required string Runs { get; init; }

    /// <summary>Start anew even if the run exists.</summary>
    public bool Force { get; init; }

    /// <summary>Print the config only.</summary>
    public bool DryRun { get; init; }

    /// <summary>Print no line per epoch.</summary>
    public bool Quiet { get; init; }

    /// <summary>Never use the network.</summary>
    public bool Offline { get; init; }

    /// <summary>Save and stop when standard input ends.</summary>
    public bool StopWithInput { get; init; }

    public required string Device { get; init; }

    /// <summary>Threads to compute with; null to measure.</summary>
    public int? Threads { get; init; }
}
