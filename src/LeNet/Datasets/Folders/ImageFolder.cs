using LeNetServe.Randomness;

namespace LeNetServe.Datasets;

/// <summary>
/// Pictures in a folder per class: <c>train/cat/1.png</c> and <c>test/cat/2.png</c>, or <c>cat/1.png</c> alone. In the second form the seed
/// draws a fifth of each class as test images. <c>val</c>, <c>valid</c> or <c>validation</c> stands for an absent <c>test</c>; beside a
/// <c>test</c> its pictures are training images, from which training holds out its own. Classes are in the order of their names, or of
/// their values if all are numbers. Images come in turn from each class.
/// </summary>
internal static class ImageFolder
{
    private const int Side = 32;
    private const double TestShare = 0.2;

    private static readonly string[] ValidationNames = ["val", "valid", "validation"];

    public static ImageDataset Open(DatasetRequest request, CancellationToken cancellation)
    {
        var root = request.Directory
            ?? throw new InvalidDataException("data set folder needs a directory with a folder of pictures for each class");
        var given = Path.Combine(root, "train");
        // A class may have the name "train" too; its folder has pictures, and not folders.
        var isGiven = Directory.Exists(given) && Directory.EnumerateDirectories(given).Any();
        var (labels, train, test) = isGiven ? Given(root) : Drawn(root, request.Seed);
        train = [.. TrainingSample.Pick(request, train.Count).Select(number => train[number])];
        var loader = new PictureLoader(request, ContentSide(train.Concat(test), cancellation));
        var (trainSet, trainSkipped) = loader.Load(train, labels, cancellation);
        var (testSet, testSkipped) = loader.Load(test, labels, cancellation);
        if (request.Channels is null && trainSet.Shape.Channels == 3 && GrayPlanes.AllEqual(trainSet) && GrayPlanes.AllEqual(testSet))
        {
            trainSet = GrayPlanes.First(trainSet);
            testSet = GrayPlanes.First(testSet);
        }
        return new()
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))),
            Labels = labels,
            Imaging = loader.Imaging with { Input = trainSet.Shape },
            Train = trainSet,
            Test = testSet,
            Skipped = [.. trainSkipped, .. testSkipped],
        };
    }

    private static Split Given(string root)
    {
        var validation = ValidationNames.FirstOrDefault(name => Directory.Exists(Path.Combine(root, name)));
        var hasTest = Directory.Exists(Path.Combine(root, "test"));
        if (!hasTest && validation is null)
            throw new InvalidDataException($"{root}: train without test, val, valid or validation beside it, expected one of them");
        var (labels, train) = ClassFolders.Read(Path.Combine(root, "train"));
        var test = Matching(root, hasTest ? "test" : validation!, labels);
        if (hasTest && validation is not null)
            train = [.. train.Zip(Matching(root, validation, labels), (first, second) => (LabeledFile[])[.. first, .. second])];
        return new(labels, InTurn(train), InTurn(test));
    }

    private static IReadOnlyList<LabeledFile[]> Matching(string root, string name, IReadOnlyList<string> labels)
    {
        var folders = ClassFolders.Read(Path.Combine(root, name));
        if (folders.Labels.SequenceEqual(labels))
            return folders.Files;
        throw new InvalidDataException($"{root}: {name} has the classes {string.Join(", ", folders.Labels)}, "
            + $"expected those of train, {string.Join(", ", labels)}");
    }

    private static Split Drawn(string root, int seed)
    {
        var folders = ClassFolders.Read(root);
        var train = new List<LabeledFile[]>();
        var test = new List<LabeledFile[]>();
        foreach (var files in folders.Files)
        {
            if (files.Length < 2)
            {
                throw new InvalidDataException(
                    $"{Path.GetDirectoryName(files[0].Path)}: 1 picture, expected 2 or more to train and to test with");
            }
            var random = SplitMix64.For(seed, stream: 2, files[0].Label);
            random.Shuffle<LabeledFile>(files);
            var testCount = Math.Max(1, (int)(files.Length * TestShare));
            test.Add(files[..testCount]);
            train.Add(files[testCount..]);
        }
        return new(folders.Labels, InTurn(train), InTurn(test));
    }

    private static LabeledFile[] InTurn(IEnumerable<LabeledFile[]> classes) =>
    [
        .. classes.SelectMany(files => files.Select((file, rank) => (file, rank))).OrderBy(entry => entry.rank).Select(entry => entry.file),
    ];

    /// <summary>Gets the side of pictures that are all squares of one size below the model's. Else gets the model's side.</summary>
    private static int ContentSide(IEnumerable<LabeledFile> files, CancellationToken cancellation)
    {
        int? side = null;
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (PictureLoader.TryReadSize(file.Path) is not var (width, height))
                continue;
            if (width != height || width >= Side || (side ?? width) != width)
                return Side;
            side = width;
        }
        return side ?? Side;
    }

    private sealed record Split(IReadOnlyList<string> Labels, IReadOnlyList<LabeledFile> Train, IReadOnlyList<LabeledFile> Test);
}
