namespace LeNetServe.Datasets;

/// <summary>What the user asked for.</summary>
public sealed record DatasetRequest
{
    /// <summary>A known name (<c>mnist</c>, <c>fashion-mnist</c>, <c>cifar10</c>, <c>strokes</c>) or <c>folder</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where its files are; null for a set that needs none.</summary>
    public string? Directory { get; init; }

    /// <summary>Seed of whatever the set draws by chance: a folder's split, the strokes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Pass over (and count) unreadable images instead of failing.</summary>
    public bool SkipUnreadable { get; init; }
}
