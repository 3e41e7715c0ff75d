using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Inputs;

public sealed class ArchivesTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("a.tar", 0)]
    [InlineData("a.tar", 1)]
    [InlineData("a.tar.gz", 0)]
    [InlineData("a.tar.gz", 1)]
    public void Images_MoreMembersThanOneReaderReads_AreAllThereWithTheirContent(string archive, int firstWanted)
    {
        var contents = Enumerable.Range(0, 3007).Select(
            number => Encoding.ASCII.GetBytes(new string('x', number % 1500) + number)).ToArray();
        Write(directory[archive], contents);
        var number = firstWanted;

        var path = Encoding.UTF8.GetBytes(directory[archive]);
        var images = Archives.Images(path, Archives.KindOf(path)!.Value, new NameFilter([], []), "a", () => number++ % 2 == 0).ToArray();

        Assert.Equal(Enumerable.Range(0, contents.Length).Select(i => $"a!/{i}.png"), images.Select(image => image.Name));
        Assert.All(images, (image, i) => Assert.Equal((i + firstWanted) % 2 == 0 ? contents[i] : null, image.Content));
    }

    [Fact]
    public void Images_WrongChecksumOfGzip_IsAnErrorOfTheArchiveBehindItsImages()
    {
        Write(directory["a.tgz"], [[1], [2]]);
        var bytes = File.ReadAllBytes(directory["a.tgz"]);
        bytes[^5] ^= 1;
        File.WriteAllBytes(directory["a.tgz"], bytes);

        var path = Encoding.UTF8.GetBytes(directory["a.tgz"]);
        var images = Archives.Images(path, ArchiveKind.TarGz, new NameFilter([], []), "a", () => true).ToArray();

        Assert.Equal(["a!/0.png", "a!/1.png", "a"], images.Select(image => image.Name));
        Assert.StartsWith("the TarGz archive cannot be read: ", images[2].Error!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.tar.gz", "b.tar")]
    [InlineData("a.tar", "b.tar.gz")]
    [InlineData("a.tar", "b.tgz")]
    [InlineData("a.tar", "b.zip")]
    public void Images_NameOfAnotherKind_IsReadByTheFirstBytes(string archive, string renamed)
    {
        Write(directory[archive], [[1], [2]]);
        File.Move(directory[archive], directory[renamed]);

        Assert.Equal(["a!/0.png", "a!/1.png"], ImagesOf(renamed).Select(image => image.Name));
    }

    [Theory]
    [InlineData("a.zip", "", "the Zip archive cannot be read: the file is empty")]
    [InlineData("a.tar", "", "the Tar archive cannot be read: the file is empty")]
    [InlineData("a.zip", "<!DOCTYPE html><title>404</title>",
        "the Zip archive cannot be read: the file is an HTML page: fetch it anew")]
    [InlineData("a.tgz", "version https://git-lfs.github.com/spec/v1\n",
        "the TarGz archive cannot be read: the file is a pointer of Git LFS: fetch it by git lfs pull")]
    [InlineData("a.tar", "BZh91AY&SY", "the Tar archive cannot be read: the file is compressed by bzip2: unpack it")]
    public void Images_FileThatIsNotAnArchive_SaysWhatItIs(string archive, string content, string expected)
    {
        File.WriteAllText(directory[archive], content);

        Assert.Equal(expected, Assert.Single(ImagesOf(archive)).Error!.Text);
    }

    [Fact]
    public void Images_TarWhoseFirstNameBeginsLikeAnotherFile_IsATar()
    {
        using (var tar = new TarWriter(File.Create(directory["a.tar"])))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "BZh/1.png") { DataStream = new MemoryStream([1]) });

        Assert.Equal(["a!/BZh/1.png"], ImagesOf("a.tar").Select(image => image.Name));
    }

    private InputImage[] ImagesOf(string archive)
    {
        var path = Encoding.UTF8.GetBytes(directory[archive]);
        return [.. Archives.Images(path, Archives.KindOf(path)!.Value, new NameFilter([], []), "a", () => true)];
    }

    private static void Write(string path, byte[][] contents)
    {
        using var file = File.Create(path);
        using Stream packed = !path.EndsWith(".tar", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        using var tar = new TarWriter(packed);
        for (var i = 0; i < contents.Length; i++)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{i}.png") { DataStream = new MemoryStream(contents[i]) });
    }
}
