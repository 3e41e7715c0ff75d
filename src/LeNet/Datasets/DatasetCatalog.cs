namespace LeNetServe.Datasets;

/// <summary>The data sets by name.</summary>
public static class DatasetCatalog
{
    /// <summary>The known names. <c>strokes</c> needs no files; each of the others reads its own from a directory.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mnist", "fashion-mnist", "cifar10", "folder", "strokes"];

    /// <summary>Loads a whole data set into memory. The result depends on the request and the files, not on threads or time.</summary>
    /// <exception cref="InvalidDataException">
    /// The data set is unknown, or a file is missing or broken. The message names the file, the offset, the bytes found and expected.
    /// </exception>
    public static ImageDataset Open(DatasetRequest request, CancellationToken cancellation = default)
    {
        var dataset = OpenAll(request, cancellation);
        return dataset with { Train = TrainingSample.Take(request, dataset.Train) };
    }

    // Large sets take their sample while they read, so the other images are never in memory.
    private static ImageDataset OpenAll(DatasetRequest request, CancellationToken cancellation) => request.Name switch
    {
        "mnist" => MnistFiles.Open(request, MnistFiles.Digits),
        "fashion-mnist" => MnistFiles.Open(request, MnistFiles.Fashion),
        "cifar10" => CifarFiles.Open(request, cancellation),
        "folder" => ImageFolder.Open(request, cancellation),
        "strokes" => StrokeDigits.Open(request, cancellation),
        _ => throw new InvalidDataException($"data set \"{request.Name}\" is unknown, expected {string.Join(", ", Names)}"
            + NearestName.Hint(request.Name, Names)),
    };
}
