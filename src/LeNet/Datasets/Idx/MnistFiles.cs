using LeNetServe.Imaging;

namespace LeNetServe.Datasets;

/// <summary>MNIST and its drop-in replacements: four IDX files of 28×28 gray images and their labels.</summary>
internal static class MnistFiles
{
    private const int Side = 28;
    private const int PaddedSide = 32;

    internal sealed record Variety(string Name, IReadOnlyList<string> Labels, Geometry Geometry, string Source);

    public static Variety Digits { get; } = new(
        "mnist",
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Geometry.Digit,
        "https://ossci-datasets.s3.amazonaws.com/mnist/");

    public static Variety Fashion { get; } = new(
        "fashion-mnist",
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
        Geometry.Fit,
        "https://github.com/zalandoresearch/fashion-mnist");

    public static ImageDataset Open(DatasetRequest request, Variety variety)
    {
        var root = request.Directory
            ?? throw new InvalidDataException(
                $"data set {variety.Name} needs a directory with {Expected}; get the files from {variety.Source}");
        var imaging = new ImagingSpec { Input = new(1, PaddedSide, PaddedSide), Geometry = variety.Geometry, ContentSize = Side };
        return new()
        {
            Name = variety.Name,
            Labels = variety.Labels,
            Imaging = imaging,
            Train = ReadSet(root, "train", variety, imaging),
            Test = ReadSet(root, "t10k", variety, imaging),
        };
    }

    private const string Expected =
        "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each with or without .gz";

    private static ImageSet ReadSet(string root, string split, Variety variety, ImagingSpec imaging)
    {
        var imagesPath = Find(root, $"{split}-images", "idx3-ubyte", variety);
        var labelsPath = Find(root, $"{split}-labels", "idx1-ubyte", variety);
        var pixels = ReadImages(imagesPath, imaging);
        var labels = ReadLabels(labelsPath, variety.Labels.Count);
        var images = pixels.Length / imaging.Input.Count;
        return images == labels.Length
            ? new(imaging.Input, pixels, labels)
            : throw new InvalidDataException(
                $"{labelsPath}: {labels.Length} labels (offset 4), expected {images}, one for each image of {imagesPath}");
    }

    private static byte[] ReadImages(string path, ImagingSpec imaging)
    {
        using var reader = IdxReader.Open(path, 3);
        if (reader.Dimensions is not [var count, Side, Side])
        {
            throw new InvalidDataException(
                $"{path}: images of {reader.Dimensions[1]}×{reader.Dimensions[2]} at offset 8, expected {Side}×{Side}");
        }
        if ((long)count * imaging.Input.Count > Array.MaxLength)
            throw new InvalidDataException($"{path}: {count} images at offset 4, expected at most {Array.MaxLength / imaging.Input.Count}");
        var pixels = new byte[count * imaging.Input.Count];
        if (imaging.Background != 0)
            pixels.AsSpan().Fill(imaging.Background);
        Span<byte> image = stackalloc byte[Side * Side];
        for (var index = 0; index < count; index++)
        {
            reader.Read(image);
            var target = pixels.AsSpan(index * imaging.Input.Count, imaging.Input.Count);
            Padding.CopyCentered(image, (Side, Side), target, (PaddedSide, PaddedSide));
        }
        reader.ReadEnd();
        return pixels;
    }

    private static int[] ReadLabels(string path, int classes)
    {
        using var reader = IdxReader.Open(path, 1);
        var bytes = new byte[reader.Dimensions[0]];
        reader.Read(bytes);
        reader.ReadEnd();
        var labels = new int[bytes.Length];
        for (var index = 0; index < bytes.Length; index++)
            labels[index] = bytes[index] < classes
                ? bytes[index]
                : throw new InvalidDataException($"{path}: label {bytes[index]} at offset {8 + index}, expected 0 to {classes - 1}");
        return labels;
    }

    /// <summary>Finds the file by the names and folders that are in use for it.</summary>
    private static string Find(string root, string stem, string type, Variety variety)
    {
        string[] folders = [root, Path.Combine(root, variety.Name), Path.Combine(root, "raw")];
        string[] names = [$"{stem}-{type}.gz", $"{stem}-{type}", $"{stem}.{type}.gz", $"{stem}.{type}"];
        foreach (var folder in folders)
            foreach (var name in names)
                if (Path.Combine(folder, name) is var path && File.Exists(path))
                    return path;
        var found = Directory.Exists(root) ? $"no {stem}-{type}" : "no such directory";
        throw new InvalidDataException($"{root}: {found}, expected {Expected}; get the files from {variety.Source}");
    }
}
