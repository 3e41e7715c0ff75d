using System.Diagnostics;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Tests;
using Microsoft.Extensions.Configuration;

namespace LeNetServe.InferenceServer.Tests.Models;

public sealed class VersionFolderTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RepositoryOptions Repository => new() { Path = directory.Path, Name = "m" };

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("m/1/lenet.onnx", "version 1 has no model.onnx, found lenet.onnx")]
    [InlineData("m/v1/model.onnx", "the folder v1 is not a version, expected a number such as 1")]
    [InlineData("m/007/model.onnx", "the folder 007 is not a version, expected 7")]
    [InlineData("m/model.onnx", "model.onnx is not in the folder of a version, expected m/1/model.onnx")]
    [InlineData("m/1/x/model.onnx", "version 1 has no model.onnx, found x/model.onnx")]
    [InlineData("m/x/1/model.onnx", "the folder x is not a version, expected a number such as 1; if it is a model, serve ROOT/m")]
    [InlineData("m/readme.txt", "no version is in its folder, expected m/1/model.onnx")]
    public void Misplaced_ModelThatIsNotServed_SaysWhatIsExpected(string file, string expected)
    {
        Touch(file);

        Assert.Equal(expected.Replace("ROOT", directory.Path), VersionFolder.Misplaced(Repository, "m"));
    }

    [Fact]
    public void Misplaced_ServerOnTheFolderOfOneModel_ExpectsTheFolderAbove()
    {
        Touch("m/1/model.onnx");
        var model = directory["m"];

        var reason = VersionFolder.Misplaced(new() { Path = model, Name = "m" }, "1");

        Assert.Equal($"{model} is one model with version 1, expected the folder above it", reason);
    }

    [Fact]
    public void Misplaced_LinkToNothing_SaysWhereItLeads()
    {
        Touch("m/1/model.onnx");
        Touch("readme.txt");
        Directory.CreateSymbolicLink(directory["m", "2"], "gone");
        File.CreateSymbolicLink(directory["m", "notes"], "../readme.txt");
        Directory.CreateSymbolicLink(directory["lost"], "/nobody\nhere");

        Assert.Equal("2 is a link to gone, which does not exist", VersionFolder.Misplaced(Repository, "m"));
        Assert.Equal("lost is a link to /nobody\uFFFDhere, which does not exist", VersionFolder.Misplaced(Repository, "lost"));
        Assert.Equal(["lost", "m"], VersionFolder.ModelsIn(Repository, look => look()));
    }

    [Fact]
    public async Task Start_LinksBesideModels_AreReportedWhereTheyLeadNowhere()
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            TestServer.WriteTiny(models);
            File.WriteAllText(Path.Combine(models, "notes.txt"), "");
            File.CreateSymbolicLink(Path.Combine(models, "read"), "notes.txt");
            File.CreateSymbolicLink(Path.Combine(models, "lost"), "gone");
        });

        var report = Assert.Single(server.Repository.Current.Index, report => report.State != VersionState.Ready);
        Assert.Equal(("lost", "lost is a link to gone, which does not exist"), (report.Model, report.Reason));
    }

    [Fact]
    public void Misplaced_VersionsOnly_IsNull()
    {
        Touch("m/1/model.onnx");
        Touch("m/2/model.onnx");
        Touch("m/notes/readme.txt");

        Assert.Null(VersionFolder.Misplaced(Repository, "m"));
    }

    /// <summary>KServe puts one file into the folder, and calls the model by the name of its service.</summary>
    [Theory]
    [InlineData("flat", "--Models:Name=flat")]
    [InlineData("models")]
    public async Task Start_AModelFileInTheFolderItself_IsServedByItsName(string expected, params string[] settings)
    {
        await using var server = await TestServer.StartAsync(models => new TinyOnnx().Write(models, "a\nb\nc\n"), settings);

        Assert.Equal([$"{expected}/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
        using var answer = await server.Http.GetAsync($"/v2/models/{expected}/ready", Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal("a", (await server.Client.ListModelsAsync(new(), cancellationToken: Cancellation)).Models.Single().Labels[0]);
    }

    [Fact]
    public void ModelsIn_TheFolderOfAVersion_HasTheNameOfItsModel()
    {
        Touch("m/1/model.onnx");
        var reader = new SettingsReader(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Models:Path"] = directory["m", "1"] }).Build());

        Assert.Equal(["m"], VersionFolder.ModelsIn(RepositoryOptions.Read(reader), look => look()));
    }

    [Fact]
    public async Task Start_MisplacedModels_AreUnavailableWithTheReasonAndTheServerIsNotReady()
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            new TinyOnnx().Write(Path.Combine(models, "ver", "v1"));
            File.Move(new TinyOnnx().Write(Path.Combine(models, "lenet", "1")), Path.Combine(models, "lenet", "1", "lenet.onnx"));
            File.Move(new TinyOnnx().Write(models), Path.Combine(models, "loose.onnx"));
        });

        var index = server.Repository.Current.Index;
        Assert.Equal(["lenet", "loose.onnx", "ver"], index.Select(report => report.Model));
        Assert.Equal("it is a file, expected the folder of a model with NAME/1/model.onnx", index[1].Reason);
        Assert.All(index, report => Assert.Equal(VersionState.Unavailable, report.State));
        Assert.Contains("found lenet.onnx", index[0].Reason);
        var ready = await server.Http.GetAsync("/readyz", Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    [Fact]
    public async Task Scan_FolderBehindLinksIsSwapped_IsNoticedOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "links of Unix");
        await using var server = await TestServer.StartAsync(
            models => LayOut(Path.Combine(models, "m", "1")), "--Models:Mode=poll", "--Models:PollInterval=60m");
        var version = Path.Combine(server.Models, "m", "1");
        var before = server.Repository.Current.Models["m"].Default;

        var next = Directory.CreateDirectory(Path.Combine(version, "..2026_01_01_00_10_00.2")).FullName;
        File.SetLastWriteTimeUtc(new TinyOnnx { Bias = [9, 0, 0] }.Write(next), DateTime.UtcNow.AddDays(-1));
        File.Delete(Path.Combine(version, "..data"));
        File.CreateSymbolicLink(Path.Combine(version, "..data"), Path.GetFileName(next));
        Directory.Delete(Path.Combine(version, "..2026_01_01_00_00_00.1"), recursive: true);
        await server.Repository.ScanAsync(Cancellation);
        var after = server.Repository.Current.Models["m"].Default;
        await server.Repository.ScanAsync(Cancellation);

        Assert.NotSame(before, after);
        Assert.Same(after, server.Repository.Current.Models["m"].Default);
        Assert.NotEqual(before.Facts.Sha256, after.Facts.Sha256);
    }

    /// <summary>No path below the model tells of such a swap, and neither do lengths and times.</summary>
    [Fact]
    public async Task Scan_FolderOfTheModelIsAnotherOneWithTheSameLengthsAndTimes_IsNoticedOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "numbers of files");
        var time = DateTime.UtcNow.AddDays(-1);
        File.SetLastWriteTimeUtc(new TinyOnnx().Write(directory["first", "1"]), time);
        File.SetLastWriteTimeUtc(new TinyOnnx { Bias = [9, 0, 0] }.Write(directory["second", "1"]), time);
        await using var server = await TestServer.StartAsync(
            models => Directory.CreateSymbolicLink(Path.Combine(models, "m"), directory["first"]),
            "--Models:Mode=poll",
            "--Models:PollInterval=60m");
        var before = server.Repository.Current.Models["m"].Default;

        File.Delete(Path.Combine(server.Models, "m"));
        Directory.CreateSymbolicLink(Path.Combine(server.Models, "m"), directory["second"]);
        await server.Repository.ScanAsync(Cancellation);
        var after = server.Repository.Current.Models["m"].Default;
        await server.Repository.ScanAsync(Cancellation);

        Assert.NotEqual(before.Facts.Sha256, after.Facts.Sha256);
        Assert.Same(after, server.Repository.Current.Models["m"].Default);
    }

    /// <summary>Only the file's time of change, which nobody can set, tells of such a rewrite.</summary>
    [Fact]
    public async Task Scan_FileIsRewrittenInPlaceAndItsLengthAndTimeAreRestored_IsNoticed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "times of change");
        var time = DateTime.UtcNow.AddDays(-1);
        var other = await File.ReadAllBytesAsync(new TinyOnnx { Bias = [9, 0, 0] }.Write(directory["other"]), Cancellation);
        await using var server = await TestServer.StartAsync(
            models => File.SetLastWriteTimeUtc(new TinyOnnx().Write(Path.Combine(models, "m", "1")), time),
            "--Models:Mode=poll",
            "--Models:PollInterval=60m");
        var file = new FileInfo(Path.Combine(server.Models, "m", "1", "model.onnx"));
        var before = server.Repository.Current.Models["m"].Default;
        Assert.Equal(file.Length, other.Length);

        await using (var stream = file.OpenWrite())
            await stream.WriteAsync(other, Cancellation);
        file.LastWriteTimeUtc = time;
        await server.Repository.ScanAsync(Cancellation);

        Assert.NotEqual(before.Facts.Sha256, server.Repository.Current.Models["m"].Default.Facts.Sha256);
    }

    [Fact]
    public async Task Scan_LinkLeadsElsewhere_IsNoticed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "links of Unix");
        var first = new TinyOnnx().Write(directory["first"]);
        var second = new TinyOnnx { Bias = [9, 0, 0] }.Write(directory["second"]);
        foreach (var file in new[] { first, second })
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1));
        await using var server = await TestServer.StartAsync(
            models => Link(Path.Combine(models, "m", "1", "model.onnx"), first), "--Models:Mode=poll", "--Models:PollInterval=60m");
        var before = server.Repository.Current.Models["m"].Default;

        Link(Path.Combine(server.Models, "m", "1", "model.onnx"), second);
        await server.Repository.ScanAsync(Cancellation);

        Assert.NotSame(before, server.Repository.Current.Models["m"].Default);
    }

    [Fact]
    public async Task Start_ModelFileNeverEnds_TheOthersAreServedAndTheRepairedFileIsTakenUp()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "named pipes of Unix");
        await using var server = await TestServer.StartAsync(
            models =>
            {
                TestServer.WriteTiny(models);
                Directory.CreateDirectory(Path.Combine(models, "hung", "1"));
                using var mkfifo = Process.Start("mkfifo", [Path.Combine(models, "hung", "1", "model.onnx")]);
                mkfifo.WaitForExit();
            },
            "--Models:Mode=poll", "--Models:PollInterval=60m", "--Models:LoadTimeout=1s");
        var pipe = Path.Combine(server.Models, "hung", "1", "model.onnx");

        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
        var report = server.Repository.Current.Index.Single(report => report.Model == "hung");
        Assert.Equal(VersionState.Unavailable, report.State);
        Assert.NotEqual("", report.Reason);

        // A reader that still waits goes on when somebody writes.
        await using (var writer = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1))
            writer.WriteByte(1);
        File.Delete(pipe);
        File.SetLastWriteTimeUtc(new TinyOnnx().Write(Path.Combine(server.Models, "hung", "1")), DateTime.UtcNow.AddDays(-1));
        await Eventually.TrueAsync(async () =>
        {
            await server.Repository.ScanAsync(Cancellation);
            return server.Repository.Current.Versions.Count() == 2;
        });
    }

    private void Touch(string file)
    {
        var path = directory[file];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }

    /// <summary>Lays a version out as Kubernetes does.</summary>
    private static void LayOut(string version)
    {
        const string Dated = "..2026_01_01_00_00_00.1";
        new TinyOnnx().Write(Path.Combine(version, Dated));
        File.CreateSymbolicLink(Path.Combine(version, "..data"), Dated);
        File.CreateSymbolicLink(Path.Combine(version, "model.onnx"), Path.Combine("..data", "model.onnx"));
    }

    private static void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }
}
