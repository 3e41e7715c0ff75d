using System.Diagnostics;
using LeNetServe.Files;

namespace LeNetServe.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ReadAllBytes_SmallFile_GivesItsContent()
    {
        var path = Write([1, 2, 3]);

        Assert.Equal([1, 2, 3], RegularFile.ReadAllBytes(path, 3));
        Assert.Equal([], RegularFile.ReadAllBytes(Write([]), 0));
    }

    [Theory]
    [InlineData(new byte[] { 0xef, 0xbb, 0xbf, (byte)'a' })]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'a', 0 })]
    [InlineData(new byte[] { (byte)'a' })]
    public void ReadAllText_AnyByteOrderMark_GivesTheText(byte[] content) =>
        Assert.Equal("a", RegularFile.ReadAllText(Write(content), 4));

    [Fact]
    public void ReadAllBytes_LargerThanAllowed_IsRefusedBeforeReading()
    {
        var path = Write([]);
        using (var file = File.OpenWrite(path))
            file.SetLength(1L << 40);

        var exception = Assert.Throws<InvalidDataException>(() => RegularFile.ReadAllBytes(path, 1 << 20));

        Assert.Equal($"{path}: 1099511627776 bytes, expected at most 1048576", exception.Message);
    }

    [Fact]
    public void Open_Fifo_IsRefusedWithoutWaiting()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mkfifo and the check of a file's type are Linux's");
        var path = folder.Combine("fifo");
        using (var process = Process.Start("mkfifo", [path]))
            process.WaitForExit();

        var exception = Assert.Throws<InvalidDataException>(() => RegularFile.Open(path));

        Assert.Equal($"{path} is a FIFO, expected a regular file", exception.Message);
    }

    [Theory]
    [InlineData("/dev/zero", "a device")]
    [InlineData("/proc/self/task", "a directory")]
    public void Open_AnotherType_IsRefused(string path, string type)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the check of a file's type is Linux's");

        var exception = Assert.Throws<InvalidDataException>(() => RegularFile.Open(path));

        Assert.Equal($"{path} is {type}, expected a regular file", exception.Message);
    }

    [Fact]
    public void Open_NoFile_SaysSoAsTheRuntimeDoes() =>
        Assert.Throws<FileNotFoundException>(() => RegularFile.Open(folder.Combine("absent")));

    [Fact]
    public void Open_LinkToAFile_IsFollowed()
    {
        var link = folder.Combine("link");
        File.CreateSymbolicLink(link, Write([7]));

        Assert.Equal([7], RegularFile.ReadAllBytes(link, 1));
    }

    private string Write(byte[] content)
    {
        var path = folder.Combine(Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, content);
        return path;
    }
}
