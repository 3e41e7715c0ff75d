using System.Formats.Tar;
using System.IO.Compression;
using LeNetServe.Files;
using LeNetServe.Specs;

namespace LeNetServe.Datasets;

/// <summary>
/// CIFAR-10 in its binary version, as a folder or as the published archive. It has six files of 10,000 records. A record is a label byte
/// and 3×32×32 bytes of pixels. A folder of pictures (<c>train/airplane/…</c>) is read as well.
/// Source: https://www.cs.toronto.edu/~kriz/cifar.html.
/// </summary>
internal static class CifarFiles
{
    private const string Archive = "cifar-10-binary.tar.gz";
    private const string Folder = "cifar-10-batches-bin";
    private const string Source = "https://www.cs.toronto.edu/~kriz/" + Archive;
    private const int RecordsPerFile = 10_000;

    private static readonly TensorShape Shape = new(3, 32, 32);

    private static readonly string[] Labels = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private static readonly string[] TrainFiles = [.. Enumerable.Range(1, 5).Select(batch => $"data_batch_{batch}.bin")];

    private static readonly string[] TestFiles = ["test_batch.bin"];

    private static readonly string Expected =
        $"{string.Join(", ", TrainFiles)} and {TestFiles[0]}, or {Archive}, or folders train/<class> and test/<class> of pictures";

    public static ImageDataset Open(DatasetRequest request, CancellationToken cancellation, int recordsPerFile = RecordsPerFile)
    {
        var root = request.Directory
            ?? throw new InvalidDataException($"data set cifar10 needs a directory with {Expected}; get the files from {Source}");
        string[] places = [root, Path.Combine(root, Folder), Path.Combine(root, "cifar10"), Path.Combine(root, "cifar10", Folder)];
        if (File.Exists(root))
            return ReadArchive(root, request, recordsPerFile);
        if (places.FirstOrDefault(place => File.Exists(Path.Combine(place, TrainFiles[0]))) is { } folder)
            return ReadFolder(folder, request, recordsPerFile);
        if (places.Select(place => Path.Combine(place, Archive)).FirstOrDefault(File.Exists) is { } archive)
            return ReadArchive(archive, request, recordsPerFile);
        if (places.FirstOrDefault(place => Directory.Exists(Path.Combine(place, "train", Labels[0]))) is { } pictures)
            return ReadPictures(request with { Directory = pictures, Channels = Shape.Channels }, cancellation);
        var found = Directory.Exists(root) ? "no CIFAR-10 in the binary version" : "no such directory";
        throw new InvalidDataException($"{root}: {found}, expected {Expected}; get the files from {Source}");
    }

    private static ImageDataset ReadFolder(string folder, DatasetRequest request, int recordsPerFile)
    {
        var batches = new Batches(request, recordsPerFile);
        foreach (var name in TrainFiles.Concat(TestFiles))
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
                throw new InvalidDataException($"{path} is missing, expected {Expected}; get the files from {Source}");
            using var file = RegularFile.Open(path);
            batches.Read(name, path, file, file.Length);
        }
        return batches.ToDataset();
    }

    private static ImageDataset ReadArchive(string path, DatasetRequest request, int recordsPerFile)
    {
        var batches = new Batches(request, recordsPerFile);
        var missing = TrainFiles.Concat(TestFiles).ToHashSet(StringComparer.Ordinal);
        try
        {
            using var unpacked = new GZipStream(RegularFile.Open(path), CompressionMode.Decompress);
            using var tar = new TarReader(unpacked);
            while (missing.Count > 0 && tar.GetNextEntry() is { } entry)
                if (entry.DataStream is { } data && Path.GetFileName(entry.Name) is var name && missing.Remove(name))
                    batches.Read(name, $"{path}:{entry.Name}", data, entry.Length);
        }
        catch (Exception exception) when (IsBrokenArchive(exception, path))
        {
            throw new InvalidDataException($"{path}: not a whole .tar.gz archive: {exception.Message}", exception);
        }
        return missing.Count == 0
            ? batches.ToDataset()
            : throw new InvalidDataException(
                $"{path}: no {string.Join(", ", missing.Order(StringComparer.Ordinal))}, expected {Expected}; get the files from {Source}");
    }

    /// <summary>Tells the exceptions of the unpackers from those of the records, whose message begins with the archive's name.</summary>
    private static bool IsBrokenArchive(Exception exception, string path) =>
        exception is EndOfStreamException or FormatException
        || (exception is InvalidDataException && !exception.Message.StartsWith(path, StringComparison.Ordinal));

    private static ImageDataset ReadPictures(DatasetRequest request, CancellationToken cancellation)
    {
        var dataset = ImageFolder.Open(request, cancellation) with { Name = "cifar10" };
        return dataset.Labels.SequenceEqual(Labels)
            ? dataset
            : throw new InvalidDataException(
                $"{request.Directory}: classes {string.Join(", ", dataset.Labels)}, expected {string.Join(", ", Labels)}");
    }

    /// <summary>The records of all files. Each record has its own place, so the order of the files does not matter.</summary>
    private sealed class Batches
    {
        private readonly int recordsPerFile;
        private readonly int[] wanted;
        private readonly ImageSet train;
        private readonly ImageSet test;

        public Batches(DatasetRequest request, int recordsPerFile)
        {
            this.recordsPerFile = recordsPerFile;
            wanted = TrainingSample.Pick(request, TrainFiles.Length * recordsPerFile);
            train = Empty(wanted.Length);
            test = Empty(TestFiles.Length * recordsPerFile);
        }

        public void Read(string name, string path, Stream stream, long length)
        {
            var recordBytes = 1 + Shape.Count;
            if (length != (long)recordsPerFile * recordBytes)
                throw new InvalidDataException(
                    $"{path}: {length} bytes, expected {recordsPerFile} records of {recordBytes} = {recordsPerFile * recordBytes}");
            var batch = Array.IndexOf(TrainFiles, name);
            var set = batch >= 0 ? train : test;
            var record = new byte[recordBytes];
            for (var index = 0; index < recordsPerFile; index++)
            {
                stream.ReadExactly(record);
                if (record[0] >= Labels.Length)
                    throw new InvalidDataException(
                        $"{path}: label {record[0]} at offset {(long)index * recordBytes}, expected 0 to {Labels.Length - 1}");
                var place = batch >= 0 ? Array.BinarySearch(wanted, batch * recordsPerFile + index) : index;
                if (place < 0)
                    continue;
                set.Labels[place] = record[0];
                record.AsSpan(1).CopyTo(set.Pixels.AsSpan(place * Shape.Count));
            }
        }

        public ImageDataset ToDataset() => new()
        {
            Name = "cifar10",
            Labels = CifarFiles.Labels,
            Imaging = new() { Input = Shape },
            Train = train,
            Test = test,
        };

        private static ImageSet Empty(int count) => new(Shape, new byte[count * Shape.Count], new int[count]);
    }
}
