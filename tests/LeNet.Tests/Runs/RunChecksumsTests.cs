using LeNetServe.Runs;

namespace LeNetServe.LeNet.Tests.Runs;

public sealed class RunChecksumsTests : IDisposable
{
    private readonly RunDirectory run = new(Directory.CreateTempSubdirectory("lenetserve-").FullName);

    public RunChecksumsTests()
    {
        Directory.CreateDirectory(run.Checkpoint);
        foreach (var path in new[] { run.Config, run.Model, run.Weights, run.Golden, run.Summary })
            File.WriteAllText(path, path);
        RunChecksums.Write(run);
    }

    [Fact]
    public void Verify_UnchangedRun_IsTrue() => Assert.True(RunChecksums.Verify(run));

    [Fact]
    public void ReadRecipe_HalfOfASurrogatePair_NamesTheFile()
    {
        File.WriteAllText(run.Config, """{"dataset":"\ud800"}""");

        Assert.Equal(
            $"{run.Config}: the text \"\\ud800\" has half of a surrogate pair, expected both halves",
            Assert.Throws<InvalidDataException>(run.ReadRecipe).Message);
    }

    [Fact]
    public void Verify_NoSums_IsFalse()
    {
        File.Delete(run.Checksums);

        Assert.False(RunChecksums.Verify(run));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.json")]
    [InlineData("checkpoint/model.safetensors")]
    [InlineData("golden.safetensors")]
    [InlineData("summary.json")]
    public void Verify_ChangedFile_NamesTheFile(string file)
    {
        File.AppendAllText(Path.Combine(run.Path, file), "x");

        var exception = Assert.Throws<InvalidDataException>(() => RunChecksums.Verify(run));

        Assert.Contains(Path.Combine(run.Path, file), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_ListOfAnEarlierVersionWithoutTheConfig_IsTrue()
    {
        File.WriteAllLines(run.Checksums, File.ReadAllLines(run.Checksums)[1..]);

        Assert.True(RunChecksums.Verify(run));
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
