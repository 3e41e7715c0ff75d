using LeNetServe.Randomness;

namespace LeNetServe.Datasets;

/// <summary>
/// Pictures in a folder per class: <c>train/cat/1.png</c> and <c>test/cat/2.png</c>, or <c>cat/1.png</c> alone. In the second form the seed
/// draws a fifth of each class as test images. <c>val</c>, <c>valid</c> or <c>validation</c> stands for an absent <c>test</c>; beside a
/// <c>test</c> its pictures are training images, from which training holds out its own. <c>training</c> and <c>testing</c> are taken too,
/// all in any case. Classes are in the order of their names, or of their values if all are numbers. Images come in turn from each class.
/// </summary>
internal static class ImageFolder
{
    private const int Side = 32;
    private const double TestShare = 0.2;

    private static readonly string[] TrainingNames = ["train", "training"];
    private static readonly string[] TestNames = ["test", "testing"];
    private static readonly string[] ValidationNames = ["val", "valid", "validation"];

    public static ImageDataset Open(DatasetRequest request, CancellationToken cancellation)
    {
        var root = request.Directory
            ?? throw new InvalidDataException(
                "data set folder needs a directory with a folder of pictures for each class, such as --data pictures");
        // A class may have the name "train" too; its folder has pictures, and not folders.
        var given = Find(root, TrainingNames) is { } name && ClassFolders.Names(Path.Combine(root, name)).Any() ? name : null;
        var split = given is not null ? Given(root, given) : Drawn(root, request.Seed, []);
        var (loader, train, test) = Load(request, split, cancellation);
        IReadOnlyDictionary<string, string> skipped = train.Skipped.Concat(test.Skipped).ToDictionary();
        // The draw may leave a small class with broken pictures alone. Then it is done without them.
        if (given is null && skipped.Count > 0 && (train.Missing ?? test.Missing) is not null)
        {
            split = Drawn(root, request.Seed, [.. skipped.Keys]);
            (loader, train, test) = Load(request, split, cancellation);
        }
        if ((train.Missing ?? test.Missing) is { } missing)
            throw new InvalidDataException($"{root}: no readable picture of the class {split.Labels[missing]} to "
                + $"{(train.Missing is null ? "test" : "train")} with, expected one or more");
        var (trainSet, testSet) = (train.Set, test.Set);
        if (request.Channels is null && trainSet.Shape.Channels == 3 && GrayPlanes.AllEqual(trainSet) && GrayPlanes.AllEqual(testSet))
        {
            trainSet = GrayPlanes.First(trainSet);
            testSet = GrayPlanes.First(testSet);
        }
        return new()
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))),
            Labels = split.Labels,
            Imaging = loader.Imaging with { Input = trainSet.Shape },
            Train = trainSet,
            Test = testSet,
            Skipped = [.. skipped.Values],
            PassedOver = PassedOver(given is null ? [root] : Parts(root, given)),
        };
    }

    private static IEnumerable<string> Parts(string root, string training) =>
        new[] { training, Find(root, TestNames), Find(root, ValidationNames) }.OfType<string>().Select(name => Path.Combine(root, name));

    private static IReadOnlyList<string> PassedOver(IEnumerable<string> roots) =>
    [
        .. roots.SelectMany(ClassFolders.Others).GroupBy(other => other.Kind, other => other.Count)
            .OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => same.Key[0] == '*' ? $"{same.Sum():N0} {same.Key}" : Counted.Of(same.Sum(), same.Key)),
    ];

    private static (PictureLoader Loader, Part Train, Part Test) Load(DatasetRequest request, Split split, CancellationToken cancellation)
    {
        var train = TrainingSample.Pick(request, split.Train.Count).Select(number => split.Train[number]).ToList();
        var loader = new PictureLoader(request, ContentSide(train.Concat(split.Test), cancellation));
        return (loader, PartOf(train), PartOf(split.Test));

        Part PartOf(IReadOnlyList<LabeledFile> files)
        {
            var (set, skipped) = loader.Load(files, cancellation);
            return new(files, set, skipped);
        }
    }

    /// <summary>Finds the folder with the first of the names, in any case.</summary>
    private static string? Find(string root, string[] names)
    {
        var folders = Directory.Exists(root) ? Directory.GetDirectories(root).Select(path => Path.GetFileName(path)).ToArray() : [];
        return names.Select(name => folders.Order(StringComparer.Ordinal).LastOrDefault(
            folder => folder.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(folder => folder is not null);
    }

    private static Split Given(string root, string training)
    {
        var validation = Find(root, ValidationNames);
        var testing = Find(root, TestNames);
        if ((testing ?? validation) is not { } measured)
            throw new InvalidDataException($"{root}: {training} without test, val, valid or validation beside it, expected one of them");
        var (labels, train) = ClassFolders.Read(Path.Combine(root, training));
        var test = Matching(measured);
        if (testing is not null && validation is not null)
            train = [.. train.Zip(Matching(validation), (first, second) => (LabeledFile[])[.. first, .. second])];
        return new(labels, InTurn(train), InTurn(test));

        IReadOnlyList<LabeledFile[]> Matching(string name)
        {
            var folders = ClassFolders.Read(Path.Combine(root, name));
            if (folders.Labels.SequenceEqual(labels))
                return folders.Files;
            throw new InvalidDataException($"{root}: {name} has the classes {string.Join(", ", folders.Labels)}, "
                + $"expected those of {training}, {string.Join(", ", labels)}");
        }
    }

    private static Split Drawn(string root, int seed, HashSet<string> broken)
    {
        var folders = ClassFolders.Read(root);
        var train = new List<LabeledFile[]>();
        var test = new List<LabeledFile[]>();
        foreach (var found in folders.Files)
        {
            var files = Array.FindAll(found, file => !broken.Contains(file.Path));
            if (files.Length < 2)
            {
                var readable = files.Length < found.Length ? $"{files.Length} readable of {found.Length} pictures" : "1 picture";
                throw new InvalidDataException(
                    $"{Path.GetDirectoryName(found[0].Path)}: {readable}, expected 2 or more to train and to test with");
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

    /// <param name="Files">The pictures that were asked for.</param>
    /// <param name="Set">The readable ones.</param>
    /// <param name="Skipped">The reasons of the others, by path.</param>
    private sealed record Part(IReadOnlyList<LabeledFile> Files, ImageSet Set, IReadOnlyDictionary<string, string> Skipped)
    {
        /// <summary>Gets a class that has no readable picture here; null if there is none.</summary>
        public int? Missing { get; } =
            Files.Select(file => (int?)file.Label).Except(Set.Labels.Select(label => (int?)label)).FirstOrDefault();
    }
}
