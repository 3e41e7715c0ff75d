using LeNetServe.Imaging;

namespace LeNetServe.Datasets;

/// <summary>A user's choice of a data set.</summary>
public sealed record DatasetRequest
{
    /// <summary>One of <see cref="DatasetCatalog.Names"/>; <c>folder</c> is any folder of pictures.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of its files; null for a set without files.</summary>
    public string? Directory { get; init; }

    /// <summary>The seed of a folder's split and of the strokes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The number of training images to keep, at least 1, drawn by <see cref="TrainSeed"/>. Null keeps all.</summary>
    public int? TrainImages { get; init; }

    /// <summary>The seed that draws <see cref="TrainImages"/>.</summary>
    public int TrainSeed { get; init; } = 1;

    /// <summary>Skips and counts unreadable pictures; otherwise the first one is an error.</summary>
    public bool SkipUnreadable { get; init; }

    /// <summary>
    /// The channels of a folder's images, 1 (gray) or 3 (RGB). Null means gray for digits, and for pictures that all have
    /// red = green = blue.
    /// </summary>
    public int? Channels { get; init; }

    /// <summary>The geometry of a folder's pictures, and later of the pictures to classify.</summary>
    public Geometry Geometry { get; init; } = Geometry.Fit;
}
