using LeNetServe.Imaging;

namespace LeNetServe.Datasets;

/// <summary>What the user asked for.</summary>
public sealed record DatasetRequest
{
    /// <summary>One of <see cref="DatasetCatalog.Names"/>; <c>folder</c> is any folder of pictures.</summary>
    public required string Name { get; init; }

    /// <summary>Where its files are; null for a set that needs none.</summary>
    public string? Directory { get; init; }

    /// <summary>Seed of whatever the set draws by chance: a folder's split, the strokes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Keep only so many training images, at least 1, drawn by <see cref="TrainSeed"/>: for work that needs a few, in little memory. Null: all.</summary>
    public int? TrainImages { get; init; }

    /// <summary>Seed of the draw of <see cref="TrainImages"/>.</summary>
    public int TrainSeed { get; init; } = 1;

    /// <summary>Pass over (and count) unreadable images instead of failing.</summary>
    public bool SkipUnreadable { get; init; }

    /// <summary>For a folder: 1 (gray) or 3 (RGB); null: gray for digits and where in every picture red = green = blue, else RGB.</summary>
    public int? Channels { get; init; }

    /// <summary>For a folder: how its pictures, and later those to classify, are brought to the model's size.</summary>
    public Geometry Geometry { get; init; } = Geometry.Fit;
}
