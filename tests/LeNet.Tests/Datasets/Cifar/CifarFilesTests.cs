using System.Formats.Tar;
using System.IO.Compression;
using LeNetServe.Datasets;
using LeNetServe.Specs;

namespace LeNetServe.Tests.Datasets;

public sealed class CifarFilesTests : IDisposable
{
    private const int RecordsPerFile = 3;
    private const int RecordBytes = 3073;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_Folder_ReadsAllBatchesInOrder()
    {
        WriteFolder(folder.Path);

        AssertRead(Open());
    }

    [Fact]
    public void Open_FolderOfTheArchive_IsFoundInside()
    {
        WriteFolder(folder.Combine("cifar-10-batches-bin"));

        AssertRead(Open());
    }

    [Theory]
    [InlineData("")]
    [InlineData("cifar-10-binary.tar.gz")]
    public void Open_Archive_IsReadInAnyOrderOfItsFiles(string asked)
    {
        WriteArchive();

        AssertRead(Open(folder.Combine(asked)));
    }

    [Fact]
    public void Open_SomeTrainingImages_AreThoseDrawnFromAll()
    {
        WriteFolder(folder.Path);
        var request = new DatasetRequest { Name = "cifar10", Directory = folder.Path, TrainImages = 4 };
        var all = Open();

        var some = CifarFiles.Open(request, CancellationToken.None, RecordsPerFile);

        var expected = TrainingSample.Take(request, all.Train);
        Assert.Equal(4, some.Train.Count);
        Assert.Equal(expected.Labels, some.Train.Labels);
        Assert.Equal(expected.Pixels, some.Train.Pixels);
        Assert.Equal(all.Test.Pixels, some.Test.Pixels);
    }

    [Fact]
    public void Open_FileTooShort_NamesBytesFoundAndExpected()
    {
        WriteFolder(folder.Path);
        File.WriteAllBytes(folder.Combine("data_batch_2.bin"), new byte[RecordBytes * 2 + 5]);

        Rejects($"data_batch_2.bin: {RecordBytes * 2 + 5} bytes, expected 3 records of 3073 = 9219");
    }

    [Fact]
    public void Open_LabelOutOfRange_NamesItsOffset()
    {
        WriteFolder(folder.Path);
        var batch = File.ReadAllBytes(folder.Combine("test_batch.bin"));
        batch[RecordBytes * 2] = 10;
        File.WriteAllBytes(folder.Combine("test_batch.bin"), batch);

        Rejects("test_batch.bin: label 10 at offset 6146, expected 0 to 9");
    }

    [Fact]
    public void Open_BatchMissing_SaysWhatIsExpectedAndWhereItCanBeGot()
    {
        WriteFolder(folder.Path);
        File.Delete(folder.Combine("data_batch_4.bin"));

        Rejects("data_batch_4.bin is missing, expected data_batch_1.bin, ");
        Rejects("get the files from https://");
    }

    [Fact]
    public void Open_EmptyDirectory_SaysWhatIsExpectedAndWhereItCanBeGot()
    {
        Rejects("no CIFAR-10 in the binary version, expected data_batch_1.bin, ");
        Rejects("get the files from https://");
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Open_TruncatedArchive_ThrowsInvalidData(double share)
    {
        WriteArchive();
        var path = folder.Combine("cifar-10-binary.tar.gz");
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(int)(whole.Length * share)]);

        Rejects("cifar-10-binary.tar.gz");
    }

    [Fact]
    public void Open_ArchiveOfSomethingElse_ThrowsInvalidData()
    {
        File.WriteAllText(folder.Combine("cifar-10-binary.tar.gz"), "no archive");

        Rejects("cifar-10-binary.tar.gz: not a whole .tar.gz archive");
    }

    [Fact]
    public void Open_RealPictures_HasTheTenClasses()
    {
        var dataset = DatasetCatalog.Open(
            new() { Name = "cifar10", Directory = RealData.CifarJpeg() }, TestContext.Current.CancellationToken);

        Assert.Equal((10_000, new TensorShape(3, 32, 32)), (dataset.Test.Count, dataset.Test.Shape));
        Assert.Equal("airplane", dataset.Labels[0]);
        Assert.Equal("truck", dataset.Labels[9]);
    }

    private static void AssertRead(ImageDataset dataset)
    {
        Assert.Equal(("cifar10", 15, 3), (dataset.Name, dataset.Train.Count, dataset.Test.Count));
        for (var index = 0; index < 15; index++)
        {
            Assert.Equal(index % 10, dataset.Train.Labels[index]);
            Assert.All(dataset.Train.Image(index).ToArray(), pixel => Assert.Equal(index + 1, pixel));
        }
        Assert.Equal([200, 201, 202], Enumerable.Range(0, 3).Select(index => dataset.Test.Image(index)[3071]));
    }

    private static byte[] Batch(int first, int value) =>
    [
        .. Enumerable.Range(0, RecordsPerFile).SelectMany(index =>
            Enumerable.Repeat((byte)(value + index), RecordBytes - 1).Prepend((byte)((first + index) % 10))),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Batches() =>
        Enumerable.Range(0, 5)
            .Select(batch => ($"data_batch_{batch + 1}.bin", Batch(batch * RecordsPerFile, batch * RecordsPerFile + 1)))
            .Append(("test_batch.bin", Batch(0, 200)));

    private static void WriteFolder(string path)
    {
        Directory.CreateDirectory(path);
        foreach (var (name, bytes) in Batches())
            File.WriteAllBytes(Path.Combine(path, name), bytes);
    }

    private void WriteArchive()
    {
        using var gzip = new GZipStream(File.Create(folder.Combine("cifar-10-binary.tar.gz")), CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip);
        foreach (var (name, bytes) in Batches().Reverse())
            tar.WriteEntry(
                new UstarTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{name}") { DataStream = new MemoryStream(bytes) });
    }

    private ImageDataset Open(string? directory = null) =>
        CifarFiles.Open(new() { Name = "cifar10", Directory = directory ?? folder.Path }, CancellationToken.None, RecordsPerFile);

    private void Rejects(string expected) => Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Open()).Message);
}
