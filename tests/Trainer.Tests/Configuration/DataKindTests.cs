using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Tests.Training;

namespace LeNetServe.Trainer.Tests.Configuration;

public sealed class DataKindTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("digits/train-images-idx3-ubyte.gz", "mnist")]
    [InlineData("fashion/t10k-images.idx3-ubyte", "fashion-mnist")]
    [InlineData("data/data_batch_1.bin", "cifar10")]
    [InlineData("data/cifar-10-binary.tar.gz", "cifar10")]
    [InlineData("data/cats/1.png", "folder")]
    [InlineData("data/train/cats/1.png", "folder")]
    public void Of_Folder_IsToldByItsContent(string file, string expected)
    {
        var path = Path.Combine(directory.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");

        Assert.Equal(expected, DataKind.Of(Path.Combine(directory.Path, file.Split('/')[0])));
    }

    [Fact]
    public void Of_PicturesWithoutClassFolders_SaysWhatWasFound()
    {
        File.WriteAllText(Path.Combine(directory.Path, "1.png"), "");
        File.WriteAllText(Path.Combine(directory.Path, "notes.txt"), "");

        var exception = Assert.Throws<ExpectedException>(() => DataKind.Of(directory.Path));

        Assert.Equal(ExitCode.BadInput, exception.Code);
        Assert.Contains("has no folders, 1 picture and 1 other file, expected", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AFile_SaysThatItIsOne()
    {
        var file = Path.Combine(directory.Path, "shapes.zip");
        File.WriteAllText(file, "");

        var exception = Assert.Throws<DirectoryNotFoundException>(() => DataKind.Of(file, "--data"));

        Assert.StartsWith($"--data is {file}, which is a file, expected a folder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_UnknownDatasetThatIsAFolder_NamesTheOptions()
    {
        var exception = Assert.Throws<ExpectedException>(
            () => ConfigBuilder.Build(null, new Dictionary<string, string> { ["dataset"] = directory.Path }, options: true));

        Assert.Contains($"for your own images --dataset folder --data {directory.Path}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_DataForStrokes_IsAnError()
    {
        var values = new Dictionary<string, string> { ["dataset"] = "strokes", ["data"] = directory.Path };

        Assert.Contains(
            "has no files", Assert.Throws<ExpectedException>(() => ConfigBuilder.Build(null, values)).Message, StringComparison.Ordinal);
    }
}
