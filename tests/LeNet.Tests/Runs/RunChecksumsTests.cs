using LeNetServe.Runs;

namespace LeNetServe.LeNet.Tests.Runs;

public sealed class RunChecksumsTests : IDisposable
{
    private readonly RunDirectory run = new(Directory.CreateTempSubdirectory("lenetserve-").FullName);

    public RunChecksumsTests()
    {
        Directory.CreateDirectory(run.Checkpoint);
        foreach (var path in new[] { run.Model, run.Weights, run.Golden, run.Summary })
            File.WriteAllText(path, path);
        RunChecksums.Write(run);
    }

    [Fact]
    public void Verify_UnchangedRun_IsTrue() => Assert.True(RunChecksums.Verify(run));

    [Fact]
    public void Verify_NoSums_IsFalse()
    {
        File.Delete(run.Checksums);

        Assert.False(RunChecksums.Verify(run));
    }

    [Fact]
    public void Verify_ChangedFile_NamesTheFile()
    {
        File.AppendAllText(run.Weights, "x");

        var exception = Assert.Throws<InvalidDataException>(() => RunChecksums.Verify(run));

        Assert.Contains(run.Weights, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_AnyByteOfTheListChanged_IsRefused()
    {
        var bytes = File.ReadAllBytes(run.Checksums);
        for (var index = 0; index < bytes.Length; index++)
        {
            var changed = (byte[])bytes.Clone();
            changed[index] ^= 1;
            File.WriteAllBytes(run.Checksums, changed);
            Assert.Throws<InvalidDataException>(() => RunChecksums.Verify(run));
        }
    }

    [Fact]
    public void Verify_TruncatedList_IsRefused()
    {
        var bytes = File.ReadAllBytes(run.Checksums);
        foreach (var length in Enumerable.Range(0, bytes.Length))
        {
            File.WriteAllBytes(run.Checksums, bytes[..length]);
            Assert.Throws<InvalidDataException>(() => RunChecksums.Verify(run));
        }
    }

    public void Dispose() => Directory.Delete(run.Path, recursive: true);
}
