using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using LeNetServe.Trainer.Downloads;

namespace LeNetServe.Trainer.Tests.Downloads;

public sealed class DatasetStoreTests : IDisposable
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(200_000);
    private readonly string root = Directory.CreateTempSubdirectory("lenet-data-").FullName;
    private readonly ScriptedClock clock = new();
    private readonly HttpClient http = DatasetStore.CreateClient();
    private readonly List<string> said = [];

    private string Target => Path.Combine(root, "toy", "toy.bin");

    private string Part => Target + ".part";

    public void Dispose()
    {
        http.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task ObtainAsync_SoundMirror_WritesTheFileAndReportsProgress()
    {
        await using var mirror = new TestMirror(request => TestMirror.Serve(Content, request));
        var progress = new List<DownloadProgress>();

        await new DatasetStore(root, http, clock, said.Add, progress.Add).ObtainAsync(Toy(mirror.Address), new(), Cancel);

        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.False(File.Exists(Part));
        Assert.Equal(new("toy.bin", Content.Length, Content.Length), progress[^1]);
    }

    [Fact]
    public async Task ObtainAsync_ReadyAlready_AsksNobody()
    {
        await using var mirror = new TestMirror(request => TestMirror.Serve(Content, request));
        await ObtainAsync(Toy(mirror.Address));
        await ObtainAsync(Toy(mirror.Address));

        Assert.Single(mirror.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ObtainAsync_TruncatedReply_ResumesByRange(bool hideLength)
    {
        await using var mirror = new TestMirror(request => TestMirror.Serve(Content, request) with
        {
            CloseAfter = request.From < 120_000 ? 60_000 : null,
            HideLength = hideLength,
        });

        await ObtainAsync(Toy(mirror.Address));

        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([0, 60_000, 120_000], mirror.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task ObtainAsync_PartOfAnEarlierProcess_AsksForTheRestOnly()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllBytesAsync(Part, Content[..150_000], Cancel);
        await using var mirror = new TestMirror(request => TestMirror.Serve(Content, request));

        await ObtainAsync(Toy(mirror.Address));

        Assert.Equal(150_000, Assert.Single(mirror.Requests).From);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task ObtainAsync_MirrorWithoutRanges_StartsAgain()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllBytesAsync(Part, Content[..150_000], Cancel);
        await using var mirror = new TestMirror(_ => new(200, Content));

        await ObtainAsync(Toy(mirror.Address));

        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task ObtainAsync_ContentChangedBetweenParts_FetchesTheWholeAnew()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllBytesAsync(Part, new byte[150_000], Cancel);
        await using var mirror = new TestMirror(request => TestMirror.Serve(Content, request));

        await ObtainAsync(Toy(mirror.Address));

        Assert.Equal([150_000, 0], mirror.Requests.Select(request => request.From));
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task ObtainAsync_StalledReply_GivesUpTheConnectionAndResumes()
    {
        await using var mirror = new TestMirror(
            request => TestMirror.Serve(Content, request) with { StallAfter = request.From == 0 ? 70_000 : null });
        var received = new TaskCompletionSource();
        var store = new DatasetStore(root, http, clock, said.Add, progress =>
        {
            if (progress.Received == 70_000)
                received.SetResult();
        });

        var obtaining = store.ObtainAsync(Toy(mirror.Address), new(), Cancel);
        await received.Task;
        clock.Expire();
        await obtaining;

        Assert.Equal([0, 70_000], mirror.Requests.Select(request => request.From));
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task ObtainAsync_StallsWithoutAByte_NamesTheStall()
    {
        await using var mirror = new TestMirror(request => new(200, Content) { StallAfter = 0 });
        mirror.OnStall = clock.Expire;

        var exception = await Assert.ThrowsAsync<IOException>(() => ObtainAsync(Toy(mirror.Address)));

        Assert.Contains(
            "stalls: no byte for 30 s after 0 of 200000 bytes, 3 attempts in a row", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, mirror.Requests.Count);
    }

    [Fact]
    public async Task ObtainAsync_Redirect_Follows()
    {
        await using var mirror = new TestMirror(request => request.Target == "/elsewhere/toy.bin"
            ? TestMirror.Serve(Content, request)
            : new(302, []) { Headers = ["Location: /elsewhere/toy.bin"] });

        await ObtainAsync(Toy(mirror.Address));

        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task ObtainAsync_FirstMirrorRefuses_TakesTheSecondAtOnce(int status)
    {
        await using var first = new TestMirror(_ => new(status, []));
        await using var second = new TestMirror(request => TestMirror.Serve(Content, request));

        await ObtainAsync(Toy(first.Address, second.Address));

        Assert.Single(first.Requests);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task ObtainAsync_AllMirrorsRefuse_NamesEachWithItsReason()
    {
        await using var first = new TestMirror(_ => new(403, []));
        await using var second = new TestMirror(_ => new(404, []));

        var exception = await Assert.ThrowsAsync<IOException>(() => ObtainAsync(Toy(first.Address, second.Address)));

        Assert.Contains($"{first.Address}toy.bin: answers 403", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"{second.Address}toy.bin: answers 404", exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task ObtainAsync_BusyServer_PausesLongerEachTime()
    {
        var answers = 0;
        await using var mirror = new TestMirror(request => ++answers < 3 ? new(503, []) : TestMirror.Serve(Content, request));

        await ObtainAsync(Toy(mirror.Address));

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], clock.Pauses);
    }

    [Fact]
    public async Task ObtainAsync_ReplacedContentEverywhere_NamesFoundAndExpectedHash()
    {
        var other = new byte[Content.Length];
        await using var mirror = new TestMirror(request => TestMirror.Serve(other, request));

        var exception = await Assert.ThrowsAsync<IOException>(() => ObtainAsync(Toy(mirror.Address)));

        Assert.Contains($"SHA-256 found {Hash(other)}, expected {Hash(Content)}", exception.Message, StringComparison.Ordinal);
        Assert.Single(mirror.Requests);
        Assert.False(File.Exists(Target) || File.Exists(Part));
    }

    [Fact]
    public async Task ObtainAsync_EndlessReply_IsCutOff()
    {
        await using var mirror = new TestMirror(_ => new(200, [.. Content, .. Content]));

        var exception = await Assert.ThrowsAsync<IOException>(() => ObtainAsync(Toy(mirror.Address)));

        Assert.Contains("sends more than the expected 200000 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.NoCompression)]
    public async Task ObtainAsync_MirrorThatCompressedAnew_IsAcceptedByItsContent(CompressionLevel level)
    {
        var content = new byte[50_000];
        new Random(1).NextBytes(content);
        var copy = GZip(content, level);
        await using var mirror = new TestMirror(
            request => TestMirror.Serve(copy, request) with { CloseAfter = request.From == 0 ? 20_000 : null });
        var dataset = Toy(mirror.Address) with
        {
            Files = [new() { Name = "toy.gz", Bytes = 40_000, Md5 = new('0', 32), ContentSha256 = Hash(content) }],
        };

        var directory = await ObtainAsync(dataset);

        Assert.Equal(copy, File.ReadAllBytes(Path.Combine(directory, "toy.gz")));
        Assert.Equal([0, 20_000], mirror.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task ObtainAsync_DamagedFileHere_NamesFoundAndExpectedHash()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllBytesAsync(Target, new byte[10], Cancel);
        await using var mirror = new TestMirror(request => TestMirror.Serve(Content, request));

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => ObtainAsync(Toy(mirror.Address)));
        Assert.Contains($"{Target} is not the published file: 10 bytes, SHA-256 found {Hash(new byte[10])}, expected {Hash(Content)}",
            exception.Message, StringComparison.Ordinal);

        await ObtainAsync(Toy(mirror.Address), new() { Replace = true });
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task ObtainAsync_OfflineAndMissing_NamesTheFilesAndAsksNobody()
    {
        await using var mirror = new TestMirror(request => TestMirror.Serve(Content, request));

        var exception = await Assert.ThrowsAsync<FileNotFoundException>(() => ObtainAsync(Toy(mirror.Address), new() { Offline = true }));

        Assert.Contains("found no toy.bin; --offline forbids the download", exception.Message, StringComparison.Ordinal);
        Assert.Empty(mirror.Requests);
    }

    [Fact]
    public async Task ObtainAsync_TwoAtOnce_DownloadOnce()
    {
        var begun = new TaskCompletionSource();
        using var goOn = new ManualResetEventSlim();
        await using var mirror = new TestMirror(request =>
        {
            begun.SetResult();
            goOn.Wait(Cancel);
            return TestMirror.Serve(Content, request);
        });
        var waiting = new TaskCompletionSource();

        var first = ObtainAsync(Toy(mirror.Address));
        await begun.Task;
        var second = new DatasetStore(root, http, TimeProvider.System, _ => waiting.SetResult())
            .ObtainAsync(Toy(mirror.Address), new(), Cancel);
        await waiting.Task;
        goOn.Set();
        await Task.WhenAll(first, second);

        Assert.Single(mirror.Requests);
    }

    [Fact]
    public async Task ObtainAsync_OwnMirror_IsTriedFirst()
    {
        await using var known = new TestMirror(request => TestMirror.Serve(Content, request));
        await using var own = new TestMirror(request => TestMirror.Serve(Content, request));

        await ObtainAsync(Toy(known.Address), new() { Mirror = own.Address });

        Assert.Empty(known.Requests);
    }

    [Fact]
    public async Task ObtainAsync_Archive_IsUnpackedBesideItself()
    {
        var archive = TarGz("toys/a.bin", [1, 2, 3]);
        await using var mirror = new TestMirror(request => TestMirror.Serve(archive, request));
        var dataset = Toy(mirror.Address) with
        {
            Files = [new() { Name = "toys.tar.gz", Bytes = archive.Length, Sha256 = Hash(archive), UnpacksTo = "toys" }],
        };

        var directory = await ObtainAsync(dataset);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(directory, "toys", "a.bin")));
        Assert.DoesNotContain(Directory.GetDirectories(directory), path => path.Contains(".unpack", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ObtainAsync_FolderInPlaceOfTheArchive_IsTaken()
    {
        Directory.CreateDirectory(Path.Combine(root, "toy", "train"));
        await using var mirror = new TestMirror(_ => new(404, []));

        Assert.Equal(Path.Combine(root, "toy"), await ObtainAsync(Toy(mirror.Address) with { Alternatives = ["train"] }));
    }

    [Fact]
    public async Task ObtainAsync_NoMirrorAnswers_LeavesNoFolderBehind()
    {
        await using var mirror = new TestMirror(_ => new(404, []));
        var store = new DatasetStore(Path.Combine(root, "new"), http, clock);

        await Assert.ThrowsAsync<IOException>(() => store.ObtainAsync(Toy(mirror.Address), new(), Cancel));
        await Assert.ThrowsAsync<IOException>(() => ObtainAsync(Toy(mirror.Address)));

        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public void TryTake_FileThatAKilledHolderLeft_IsTakenAndGoesWithTheLock()
    {
        var path = Path.Combine(root, ".lock");
        File.WriteAllText(path, "");

        using (var taken = DirectoryLock.TryTake(path))
            Assert.NotNull(taken);

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void TryTake_HeldLock_GivesNothingUntilReleased()
    {
        var path = Path.Combine(root, ".lock");
        using (DirectoryLock.TryTake(path))
            Assert.Null(DirectoryLock.TryTake(path));
        using var again = DirectoryLock.TryTake(path);
        Assert.NotNull(again);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static RemoteDataset Toy(params Uri[] mirrors) => new()
    {
        Name = "toy",
        Title = "Toys",
        Mirrors = mirrors,
        Files = [new() { Name = "toy.bin", Bytes = Content.Length, Sha256 = Hash(Content) }],
    };

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] GZip(byte[] content, CompressionLevel level)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, level))
            gzip.Write(content);
        return buffer.ToArray();
    }

    private static byte[] TarGz(string name, byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionMode.Compress))
        using (var tar = new TarWriter(gzip))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return buffer.ToArray();
    }

    private Task<string> ObtainAsync(RemoteDataset dataset, DownloadOptions? options = null) =>
        new DatasetStore(root, http, clock, said.Add).ObtainAsync(dataset, options ?? new(), Cancel);
}
