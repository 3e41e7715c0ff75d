using LeNetServe.Imaging;

namespace LeNetServe.Datasets;

/// <summary>A data set in memory.</summary>
public sealed record ImageDataset
{
    /// <summary>Its name, such as <c>mnist</c>; for a user's folder the folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>Class names in the order of the labels.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How a picture becomes an image of this set.</summary>
    public required ImagingSpec Imaging { get; init; }

    /// <summary>The training images.</summary>
    public required ImageSet Train { get; init; }

    /// <summary>The test images.</summary>
    public required ImageSet Test { get; init; }

    /// <summary>Unreadable files that were passed over on the user's word.</summary>
    public int Skipped { get; init; }
}
