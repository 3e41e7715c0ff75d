using LeNetServe.Exporter.Publish;

namespace LeNetServe.Exporter.Tests.Publish;

public sealed class ModelPublisherTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();
    private readonly VersionFiles files = new() { { "model.onnx", new byte[] { 1, 2, 3 } } };

    [Fact]
    public void PublishNext_EmptyRepository_IsVersionOne()
    {
        var directory = ModelPublisher.PublishNext(temporary["models"], "net", files);

        Assert.Equal(temporary["models/net/1"], directory);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(temporary["models/net/1/model.onnx"]));
        Assert.Equal([temporary["models/net"]], Directory.GetFileSystemEntries(temporary["models"]));
    }

    [Fact]
    public void PublishNext_VersionsWithGaps_TakesTheOneAfterTheHighest()
    {
        Directory.CreateDirectory(temporary["models/net/7"]);
        Directory.CreateDirectory(temporary["models/net/not-a-version"]);

        Assert.Equal(temporary["models/net/8"], ModelPublisher.PublishNext(temporary["models"], "net", files));
    }

    [Fact]
    public void PublishNext_ManyAtOnce_EachGetsItsOwnVersion()
    {
        Parallel.For(0, 16, _ => ModelPublisher.PublishNext(temporary["models"], "net", files));

        Assert.Equal(Enumerable.Range(1, 16),
            Directory.GetDirectories(temporary["models/net"]).Select(path => int.Parse(Path.GetFileName(path))).Order());
        Assert.Single(Directory.GetFileSystemEntries(temporary["models"]));
    }

    [Fact]
    public void PublishNext_FileThatCannotBeWritten_LeavesNothing()
    {
        files.Add("no/such/directory", new byte[1]);

        Assert.ThrowsAny<IOException>(() => ModelPublisher.PublishNext(temporary["models"], "net", files));

        Assert.Empty(Directory.GetFileSystemEntries(temporary.Path));
    }

    [Fact]
    public void PublishNext_LeftoverOfADeadProcess_IsRemoved()
    {
        var dead = temporary[$"models/.publishing-{Environment.MachineName}-{int.MaxValue}-x"];
        var alive = temporary[$"models/.publishing-{Environment.MachineName}-{Environment.ProcessId}-x"];
        Directory.CreateDirectory(dead);
        Directory.CreateDirectory(alive);

        ModelPublisher.PublishNext(temporary["models"], "net", files);

        Assert.False(Directory.Exists(dead));
        Assert.True(Directory.Exists(alive));
    }

    [Fact]
    public void PublishTo_ExistingDirectory_IsRefused()
    {
        Directory.CreateDirectory(temporary["out"]);

        Assert.Throws<IOException>(() => ModelPublisher.PublishTo(temporary["out"], files));
    }

    public void Dispose() => temporary.Dispose();
}
