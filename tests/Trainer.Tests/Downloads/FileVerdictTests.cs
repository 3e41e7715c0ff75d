using System.IO.Compression;
using System.Security.Cryptography;
using LeNetServe.Trainer.Downloads;

namespace LeNetServe.Trainer.Tests.Downloads;

public sealed class FileVerdictTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 50_000).Select(value => (byte)(value % 7))];
    private readonly string directory = Directory.CreateTempSubdirectory("lenet-verdict-").FullName;

    private readonly RemoteFile file = new()
    {
        Name = "images.gz",
        Bytes = 100,
        Md5 = "00000000000000000000000000000000",
        ContentSha256 = Convert.ToHexStringLower(SHA256.HashData(Content)),
    };

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Of_NothingThere_IsMissing() => Assert.Equal(FileState.Missing, FileVerdict.Of(directory, file).State);

    [Theory]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Of_CompressedAnew_IsSoundByItsContent(CompressionLevel level)
    {
        File.WriteAllBytes(Path.Combine(directory, "images.gz"), GZip(Content, level));

        Assert.Equal(FileState.Sound, FileVerdict.Of(directory, file).State);
    }

    [Fact]
    public void Of_UnzippedCopy_IsSound()
    {
        File.WriteAllBytes(Path.Combine(directory, "images"), Content);

        Assert.Equal(FileState.Sound, FileVerdict.Of(directory, file).State);
    }

    [Fact]
    public void Of_OtherContent_NamesEveryFoundAndExpectedHash()
    {
        File.WriteAllBytes(Path.Combine(directory, "images.gz"), GZip([1, 2, 3], CompressionLevel.Fastest));

        var verdict = FileVerdict.Of(directory, file);

        Assert.Equal(FileState.Damaged, verdict.State);
        Assert.Matches(
            "MD5 found [0-9a-f]{32}, expected 0{32}; SHA-256 of the unzipped content found 039058c6[0-9a-f]{56}, expected [0-9a-f]{64}",
            verdict.Reason);
    }

    [Fact]
    public void Of_CutShort_IsDamaged()
    {
        File.WriteAllBytes(Path.Combine(directory, "images.gz"), GZip(Content, CompressionLevel.Fastest)[..^20]);

        Assert.Equal(FileState.Damaged, FileVerdict.Of(directory, file).State);
    }

    private static byte[] GZip(byte[] content, CompressionLevel level)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, level))
            gzip.Write(content);
        return buffer.ToArray();
    }
}
