namespace LeNetServe.Trainer.Records;

/// <summary>The request to run a record again.</summary>
internal sealed record RecordsOptions
{
    /// <summary>Name of the record.</summary>
    public required string Name { get; init; }

    /// <summary>Seeds to run; null for those of the record.</summary>
    public IReadOnlyList<int>? Seeds { get; init; }

    /// <summary>Directory of the data set's files; null for the usual places.</summary>
    public string? Data { get; init; }

    /// <summary>Directory of the runs; null for a folder with the record's name.</summary>
    public string? Runs { get; init; }

    /// <summary>Runs at a time; null for as many as the cores allow.</summary>
    public int? Workers { get; init; }

    /// <summary>Threads of each run.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Never use the network.</summary>
    public bool Offline { get; init; }
}
