using CsCheck;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Specs;

namespace LeNetServe.Tests.Datasets;

public sealed class MnistFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("mnist", false)]
    [InlineData("mnist", true)]
    [InlineData("fashion-mnist", true)]
    public void Open_SoundFiles_PadsImagesAndReadsLabels(string name, bool compressed)
    {
        IdxFiles.Write(folder, compressed);

        var dataset = Open(name);

        Assert.Equal(name, dataset.Name);
        Assert.Equal(new TensorShape(1, 32, 32), dataset.Train.Shape);
        Assert.Equal(Enumerable.Range(0, IdxFiles.TrainImages), dataset.Train.Labels);
        Assert.Equal(Enumerable.Range(0, IdxFiles.TestImages), dataset.Test.Labels);
        var image = dataset.Train.Image(3);
        for (var place = 0; place < image.Length; place++)
            Assert.Equal(place / 32 is >= 2 and < 30 && place % 32 is >= 2 and < 30 ? 31 : 0, image[place]);
    }

    [Theory]
    [InlineData("mnist", Geometry.Digit, "9")]
    [InlineData("fashion-mnist", Geometry.Fit, "Ankle boot")]
    public void Open_KnownSet_HasItsLabelsAndImaging(string name, Geometry geometry, string last)
    {
        IdxFiles.Write(folder, compressed: false);

        var dataset = Open(name);

        Assert.Equal(10, dataset.Labels.Count);
        Assert.Equal(last, dataset.Labels[9]);
        Assert.Equal(new ImagingSpec { Input = new(1, 32, 32), Geometry = geometry, ContentSize = 28 }, dataset.Imaging);
    }

    [Fact]
    public void Open_WrongMagic_NamesFileOffsetFoundAndExpected()
    {
        IdxFiles.Write(folder, compressed: false);
        File.Copy(folder.Combine("train-labels-idx1-ubyte"), folder.Combine("train-images-idx3-ubyte"), overwrite: true);

        Rejects("train-images-idx3-ubyte: magic number 0x00000801 at offset 0, expected 0x00000803");
    }

    [Fact]
    public void Open_ImagesOfAnotherSize_Throws()
    {
        IdxFiles.Write(folder, compressed: false);
        File.WriteAllBytes(folder.Combine("t10k-images-idx3-ubyte"), IdxFiles.Idx(new byte[3 * 20 * 20], 3, 20, 20));

        Rejects("t10k-images-idx3-ubyte: images of 20×20 at offset 8, expected 28×28");
    }

    [Fact]
    public void Open_LabelOutOfRange_NamesItsOffset()
    {
        IdxFiles.Write(folder, compressed: false);
        File.WriteAllBytes(folder.Combine("train-labels-idx1-ubyte"), IdxFiles.Idx([0, 1, 2, 10, 4], 5));

        Rejects("train-labels-idx1-ubyte: label 10 at offset 11, expected 0 to 9");
    }

    [Fact]
    public void Open_CountsDiffer_NamesBothFiles()
    {
        IdxFiles.Write(folder, compressed: false);
        File.WriteAllBytes(folder.Combine("train-labels-idx1-ubyte"), IdxFiles.Idx([0, 1, 2, 3], 4));

        Rejects("train-labels-idx1-ubyte: 4 labels (offset 4), expected 5, one for each image of");
    }

    [Fact]
    public void Open_MoreData_Throws()
    {
        IdxFiles.Write(folder, compressed: false);
        File.AppendAllText(folder.Combine("t10k-labels-idx1-ubyte"), "x");

        Rejects("t10k-labels-idx1-ubyte: more data at offset 11, expected the end");
    }

    [Fact]
    public void Open_HeaderPromisesTerabytes_ThrowsBeforeTakingMemory()
    {
        IdxFiles.Write(folder, compressed: false);
        File.WriteAllBytes(folder.Combine("train-images-idx3-ubyte"), IdxFiles.Idx(new byte[100], int.MaxValue, 28, 28));

        Rejects("train-images-idx3-ubyte: too short for the 2147483647×28×28");
    }

    [Fact]
    public void Open_MissingFile_SaysWhatIsExpectedAndWhereItCanBeGot()
    {
        IdxFiles.Write(folder, compressed: false);
        File.Delete(folder.Combine("t10k-images-idx3-ubyte"));

        Rejects("no t10k-images-idx3-ubyte, expected train-images-idx3-ubyte, ");
        Rejects("get the files from https://");
    }

    [Fact]
    public void Open_NoDirectory_Throws() =>
        Assert.Contains("no such directory", Assert.Throws<InvalidDataException>(() => Open("mnist", folder.Combine("nowhere"))).Message);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_TruncatedAnywhere_ThrowsInvalidData(bool compressed)
    {
        IdxFiles.Write(folder, compressed);
        var path = folder.Combine("train-images-idx3-ubyte" + (compressed ? ".gz" : ""));
        var whole = File.ReadAllBytes(path);

        Gen.Int[0, whole.Length - 1].Sample(
            length =>
            {
                File.WriteAllBytes(path, whole[..length]);
                var exception = Assert.Throws<InvalidDataException>(() => Open("mnist"));
                Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void Open_RealMnist_HasThePublishedImages()
    {
        var dataset = Open("mnist", RealData.Mnist());

        Assert.Equal((60_000, 10_000), (dataset.Train.Count, dataset.Test.Count));
        Assert.Equal([5, 0, 4, 1, 9], dataset.Train.Labels[..5]);
        Assert.Equal([7, 2, 1, 0, 4], dataset.Test.Labels[..5]);
        Assert.Equal("7d85522170e1b945d699aa113ff604e8d34409850e37d7316815b9d1d25859d8", DatasetIdentity.Of(dataset).Sha256);
    }

    private ImageDataset Open(string name, string? directory = null) =>
        DatasetCatalog.Open(new() { Name = name, Directory = directory ?? folder.Path });

    private void Rejects(string expected) => Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Open("mnist")).Message);
}
