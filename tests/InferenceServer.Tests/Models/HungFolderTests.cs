using LeNetServe.InferenceServer.Models;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Models;

/// <summary>Folders on a mount that does not answer. The tests count the threads of loading.</summary>
[Collection(RunsAlone.Name)]
public sealed class HungFolderTests
{
    private const string TooLate = "the files were not read within 1 s";
    private static readonly string[] Settings = ["--Models:Mode=poll", "--Models:PollInterval=60m", "--Models:LoadTimeout=1s"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_FoldersHang_TheOthersAreServedAndRepairedOnesAreTakenUp()
    {
        Assert.SkipUnless(HungMount.IsPossible(), "a mount needs the rights of root and /dev/fuse");
        List<HungMount> mounts = [];
        await using var server = await TestServer.StartAsync(
            models =>
            {
                TestServer.WriteTiny(models);
                new TinyOnnx().Write(Path.Combine(models, "m", "1"));
                mounts.Add(new(Directory.CreateDirectory(Path.Combine(models, "m", "2")).FullName));
                mounts.Add(new(Directory.CreateDirectory(Path.Combine(models, "hung")).FullName));
            },
            Settings);
        try
        {
            Assert.Equal(["m/1", "tiny/1"], Served(server));
            Assert.Equal((VersionState.Unavailable, TooLate), Report(server, "m", 2));
            Assert.Equal((VersionState.Unavailable, TooLate), Report(server, "hung", 0));

            // Each folder keeps its one thread, however often it is looked at.
            for (var scan = 0; scan < 3; scan++)
                await server.Repository.ScanAsync(Cancellation);
            await Eventually.TrueAsync(() => LoadingThreads() == mounts.Count);
        }
        finally
        {
            mounts.ForEach(mount => mount.Dispose());
        }

        foreach (var version in new[] { "m/2", "hung/1" })
            File.SetLastWriteTimeUtc(new TinyOnnx().Write(Path.Combine(server.Models, version)), DateTime.UtcNow.AddDays(-1));
        await Eventually.TrueAsync(async () =>
        {
            await server.Repository.ScanAsync(Cancellation);
            return Served(server).SequenceEqual(["hung/1", "m/1", "m/2", "tiny/1"]);
        });
    }

    /// <summary>.NET follows the links of a folder while it lists the folder.</summary>
    [Fact]
    public async Task Start_LinksLeadToAHungMount_TheOthersAreServedAndTheIndexSaysWhy()
    {
        Assert.SkipUnless(HungMount.IsPossible(), "a mount needs the rights of root and /dev/fuse");
        using var directory = new TemporaryDirectory();
        using var mount = new HungMount(Directory.CreateDirectory(directory["mount"]).FullName);
        await using var server = await TestServer.StartAsync(
            models =>
            {
                TestServer.WriteTiny(models);
                new TinyOnnx().Write(Path.Combine(models, "m", "1"));
                new TinyOnnx().Write(Path.Combine(models, "s", "1"));
                foreach (var link in (string[])["a", "z", "m/2", "s/v2", "model.onnx"])
                    File.CreateSymbolicLink(Path.Combine(models, link), directory["mount"]);
            },
            Settings);

        try
        {
            for (var scan = 0; scan < 3; scan++)
                await server.Repository.ScanAsync(Cancellation);

            Assert.Equal(["m/1", "s/1", "tiny/1"], Served(server));
            foreach (var (model, version) in ((string, long)[])[("a", 0), ("m", 2), ("model.onnx", 0), ("s", 0), ("z", 0)])
                Assert.Equal((VersionState.Unavailable, TooLate), Report(server, model, version));
            await Eventually.TrueAsync(() => LoadingThreads() == 5);
        }
        finally
        {
            // The links are deleted with the server's folder, and .NET would follow them.
            mount.Dispose();
        }
    }

    [Fact]
    public async Task Scan_FolderOfAServedVersionHangs_TheVersionStays()
    {
        Assert.SkipUnless(HungMount.IsPossible(), "a mount needs the rights of root and /dev/fuse");
        await using var server = await TestServer.StartAsync(Settings);
        var served = server.Repository.Current.Models["tiny"].Default;
        using (new HungMount(Path.Combine(server.Models, "tiny", "1")))
        {
            await server.Repository.ScanAsync(Cancellation);

            Assert.Same(served, server.Repository.Current.Models["tiny"].Default);
            Assert.Equal((VersionState.Ready, TooLate), Report(server, "tiny", 1));
        }
    }

    private static IEnumerable<string> Served(TestServer server) =>
        server.Repository.Current.Versions.Select(version => $"{version}").Order(StringComparer.Ordinal);

    private static (VersionState State, string Reason) Report(TestServer server, string model, long version)
    {
        var report = server.Repository.Current.Index.Single(report => report.Model == model && report.Version == version);
        return (report.State, report.Reason);
    }

    private static int LoadingThreads() => Directory.EnumerateDirectories("/proc/self/task").Count(IsLoading);

    private static bool IsLoading(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")) == "Load\n";
        }
        catch (IOException)
        {
            // The thread has ended since the folder was listed.
            return false;
        }
    }
}
