using LeNetServe.Files;

namespace LeNetServe.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_NewFile_HoldsWhatWasWritten()
    {
        AtomicFile.WriteText(folder.Combine("a.txt"), "größer");

        Assert.Equal("größer"u8, File.ReadAllBytes(folder.Combine("a.txt")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_OlderFile_IsReplacedOnlyAtTheEnd()
    {
        var path = folder.Combine("a.txt");
        File.WriteAllText(path, "old");

        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
        });

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_Failure_KeepsTheOlderFileAndLeavesNothingBehind()
    {
        var path = folder.Combine("a.txt");
        File.WriteAllText(path, "old");

        Assert.Throws<NotSupportedException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new NotSupportedException();
        }));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_FromManyThreads_LeavesOneWholeFile()
    {
        var path = folder.Combine("a.txt");

        Parallel.For(0, 50, index => AtomicFile.WriteText(path, new string((char)('a' + index % 26), 10_000)));

        Assert.Single(File.ReadAllText(path).Distinct());
        Assert.Equal(10_000, new FileInfo(path).Length);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_FolderMissing_Throws() =>
        Assert.ThrowsAny<IOException>(() => AtomicFile.WriteText(folder.Combine("nowhere", "a.txt"), "x"));
}
