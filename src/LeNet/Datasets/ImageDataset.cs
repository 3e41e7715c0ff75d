using LeNetServe.Imaging;

namespace LeNetServe.Datasets;

/// <summary>A data set in memory.</summary>
public sealed record ImageDataset
{
    /// <summary>Its name, such as <c>mnist</c>; for a user's folder the folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>Class names in the order of the labels.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The way from a picture to an image of this set.</summary>
    public required ImagingSpec Imaging { get; init; }

    /// <summary>The training images.</summary>
    public required ImageSet Train { get; init; }

    /// <summary>The test images.</summary>
    public required ImageSet Test { get; init; }

    /// <summary>A line for each unreadable file that was skipped because the user said so: the file and the reason.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>
    /// The other things in the folders of the classes, such as <c>30 *.heic</c>, and pictures beside them. System files are not counted.
    /// </summary>
    public IReadOnlyList<string> PassedOver { get; init; } = [];
}
