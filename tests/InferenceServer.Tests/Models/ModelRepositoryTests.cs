using System.Diagnostics;
using LeNetServe.InferenceServer.Api.Health;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Models;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Errors;
using LeNetServe.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests.Models;

public sealed class ModelRepositoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scan_NewVersion_BecomesTheDefaultAndTheOldStays()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=poll", "--Models:PollInterval=60m");
        Publish(server, "tiny", 2);

        await server.Repository.ScanAsync(Cancellation);

        Assert.Equal(["tiny/1", "tiny/2"], server.Repository.Current.Versions.Select(version => $"{version}"));
        using var lease = server.Repository.Lease("tiny", 0);
        Assert.Equal(2, lease.Version.Version);
    }

    [Fact]
    public async Task Poll_FolderIsAway_IsOneLineEachTimeItGoes()
    {
        var log = new RecordedLog();
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Logging.AddProvider(log), "--Models:Mode=poll", "--Models:PollInterval=60m");
        var service = server.App.Services.GetServices<IHostedService>().OfType<RepositoryService>().Single();

        for (var absence = 1; absence <= 2; absence++)
        {
            Directory.Move(server.Models, server.Models + "-away");
            for (var poll = 0; poll < 3; poll++)
                await service.PollAsync(Cancellation);
            Assert.Equal(absence, log.Entries.Count(entry => entry.Message.Contains("cannot be looked at", StringComparison.Ordinal)));
            Directory.Move(server.Models + "-away", server.Models);
            await service.PollAsync(Cancellation);
        }
        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task Scan_FilesStillChanging_AreLeftAloneUntilTheyRest()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=poll", "--Models:PollInterval=60m");
        var path = new TinyOnnx().Write(Path.Combine(server.Models, "tiny", "2"));

        await server.Repository.ScanAsync(Cancellation);
        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-2));
        await server.Repository.ScanAsync(Cancellation);
        Assert.Equal(["tiny/1", "tiny/2"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task Scan_LatestOnlyAndNewVersionFails_OldGoesOnAndTheFailureIsReported()
    {
        await using var server = await TestServer.StartAsync(
            "--Models:Mode=poll", "--Models:PollInterval=60m", "--Models:Versions=latest:1");
        Publish(server, "tiny", 2, new TinyOnnx { Bias = [1, 0, 0] }, golden: Golden(new TinyOnnx()));

        await server.Repository.ScanAsync(Cancellation);

        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
        var report = server.Repository.Current.Index.Single(report => report.Version == 2);
        Assert.Equal(VersionState.Unavailable, report.State);
        Assert.Contains("does not give its golden answers", report.Reason);
        Assert.Equal(InferenceErrorKind.Unavailable, Assert.Throws<InferenceException>(() => server.Repository.Lease("tiny", 2)).Kind);

        Publish(server, "tiny", 2, golden: Golden(new TinyOnnx()));
        await server.Repository.ScanAsync(Cancellation);
        Assert.Equal(["tiny/2"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task Scan_ChangedFileOfAServedVersionFails_WhatIsServedStays()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=poll", "--Models:PollInterval=60m");
        var before = server.Repository.Current.Versions.Single().Facts.Sha256;
        File.WriteAllBytes(Path.Combine(server.Models, "tiny", "1", "model.onnx"), [1, 2, 3]);
        Age(server, "tiny", 1);

        await server.Repository.ScanAsync(Cancellation);

        Assert.Equal(before, server.Repository.Current.Versions.Single().Facts.Sha256);
        var report = Assert.Single(server.Repository.Current.Index);
        Assert.Equal(VersionState.Ready, report.State);
        Assert.Contains("cannot open it", report.Reason);
    }

    [Fact]
    public async Task Scan_DeletedVersion_DrainsWithItsLastLease()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=poll", "--Models:PollInterval=60m");
        Publish(server, "tiny", 2);
        await server.Repository.ScanAsync(Cancellation);
        var lease = server.Repository.Lease("tiny", 1);
        Directory.Delete(Path.Combine(server.Models, "tiny", "1"), recursive: true);

        await server.Repository.ScanAsync(Cancellation);

        Assert.Equal(["tiny/2"], server.Repository.Current.Versions.Select(version => $"{version}"));
        Assert.False(lease.Version.Drained.IsCompleted);
        lease.Version.Model.Run(new byte[16], new float[3]);
        lease.Dispose();
        await lease.Version.Drained.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Scan_RepositoryGone_KeepsWhatIsServed()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=poll", "--Models:PollInterval=60m");
        Directory.Move(server.Models, server.Models + ".away");

        await Assert.ThrowsAnyAsync<IOException>(() => server.Repository.ScanAsync(Cancellation));

        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task Explicit_LoadAndUnload_ServeWhatCallersSay()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit");
        Assert.Empty(server.Repository.Current.Versions);
        var report = server.Repository.Current.Index.Single();
        Assert.Equal((VersionState.Unavailable, "not loaded"), (report.State, report.Reason));

        await server.Repository.LoadAsync("tiny", Cancellation);
        Assert.True(server.Repository.IsReady("tiny"));

        await server.Repository.UnloadAsync("tiny", Cancellation);
        Assert.False(server.Repository.IsReady("tiny"));
        var load = await Assert.ThrowsAsync<InferenceException>(() => server.Repository.LoadAsync("nobody", Cancellation));
        Assert.Equal(InferenceErrorKind.NotFound, load.Kind);
        var unload = await Assert.ThrowsAsync<InferenceException>(() => server.Repository.UnloadAsync("nobody", Cancellation));
        Assert.Equal(InferenceErrorKind.NotFound, unload.Kind);
    }

    [Fact]
    public async Task LoadAsync_NewestVersionFails_SaysSoAndTriesAgainWhenAsked()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit", "--Models:Load=tiny", "--Models:Versions=latest:1");
        var folder = Path.Combine(server.Models, "tiny", "2");
        Publish(server, "tiny", 2);
        var (model, good) = (Path.Combine(folder, "model.onnx"), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        var time = File.GetLastWriteTimeUtc(model);
        File.WriteAllBytes(model, new byte[good.Length]);
        File.SetLastWriteTimeUtc(model, time);

        var exception = await Assert.ThrowsAsync<InferenceException>(() => server.Repository.LoadAsync("tiny", Cancellation));
        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Contains("version 2: ", exception.Message);
        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));

        // Names, lengths and times are the same, so that only the request makes the repository try again.
        File.WriteAllBytes(model, good);
        File.SetLastWriteTimeUtc(model, time);
        await server.Repository.LoadAsync("tiny", Cancellation);
        Assert.Equal(["tiny/2"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task Explicit_ModelsToLoad_AreThereAtStart()
    {
        await using var server = await TestServer.StartAsync(
            models =>
            {
                new TinyOnnx().Write(Path.Combine(models, "one", "1"));
                new TinyOnnx().Write(Path.Combine(models, "two", "1"));
            },
            "--Models:Mode=explicit", "--Models:Load=two");

        Assert.Equal(["two/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task LoadAsync_OtherMode_IsRefused()
    {
        await using var server = await TestServer.StartAsync();

        var exception = await Assert.ThrowsAsync<InferenceException>(() => server.Repository.LoadAsync("tiny", Cancellation));

        Assert.Contains("expected explicit", exception.Message);
    }

    [Fact]
    public async Task Lease_AliasAndTextualVersion_LeadToTheVersion()
    {
        await using var server = await TestServer.StartAsync(
            models =>
            {
                new TinyOnnx().Write(Path.Combine(models, "tiny", "1"));
                new TinyOnnx().Write(Path.Combine(models, "tiny", "2"));
            },
            "--Models:Aliases:tiny:stable=1", "--Models:Aliases:tiny:canary=2", "--Models:Aliases:tiny:gone=3");

        long VersionOf(string name, string version)
        {
            using var lease = server.Repository.Lease(name, version);
            return lease.Version.Version;
        }

        Assert.Equal((1, 2), (VersionOf("tiny@stable", ""), VersionOf("tiny", "canary")));
        Assert.Equal((1, 2), (VersionOf("tiny", "1"), VersionOf("tiny", "")));
        var exception = Assert.Throws<InferenceException>(() => server.Repository.Lease("tiny", "gone"));
        Assert.Equal(InferenceErrorKind.NotFound, exception.Kind);
        Assert.Contains("expected one of 1, 2, @stable, @canary", exception.Message);
    }

    [Fact]
    public async Task Start_VersionsOfOneModel_FollowTheirOwnPolicy()
    {
        await using var server = await TestServer.StartAsync(
            models =>
            {
                foreach (var name in new[] { "one", "two" })
                    foreach (var version in new[] { "1", "2", "3" })
                        new TinyOnnx().Write(Path.Combine(models, name, version));
            },
            "--Models:Versions=latest:1", "--Models:VersionsOf:two=1,3");

        Assert.Equal(["one/3", "two/1", "two/3"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task Start_ModelWhoseFolderCannotBeRead_IsReportedAndTheOthersAreServed()
    {
        // The full name is longer than the longest path. Not even root can list the folder through it.
        using var directory = new TemporaryDirectory();
        var (deep, near) = (DeepFolder(directory.Path, 4000), directory["near"]);
        Directory.CreateSymbolicLink(near, deep);
        Directory.CreateDirectory(Path.Combine(near, new string('x', 120)));
        Directory.CreateDirectory(Path.Combine(near, "tiny", "1"));
        new TinyOnnx().Write(Path.Combine(near, "tiny", "1"));

        await using var server = await TestServer.StartAsync(
            _ => { }, $"--Models:Path={deep}", "--Models:Mode=poll", "--Models:PollInterval=60m");

        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
        var report = server.Repository.Current.Index.Single(report => report.Model != "tiny");
        Assert.Equal((0, VersionState.Unavailable), (report.Version, report.State));
        Assert.Contains("too long", report.Reason);
        var health = server.App.Services.GetRequiredService<ServerHealth>();
        Assert.Equal(Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.NotServing, health.StatusOf(report.Model));
        var exception = Assert.Throws<InferenceException>(() => server.Repository.Lease(report.Model, 0));
        Assert.Equal(InferenceErrorKind.Unavailable, exception.Kind);
        var listed = server.Client.ListModels(new(), cancellationToken: Cancellation).Models;
        Assert.Contains("too long", listed.Single(model => model.Name != "tiny").Reason);
        await server.Repository.ScanAsync(Cancellation);
        Assert.Equal(2, server.Repository.Current.Index.Count);
        // The end of the test could not remove this folder through its full name either.
        Directory.Delete(Path.Combine(near, new string('x', 120)));
    }

    [Fact]
    public async Task Scan_ModelFileCannotBeRead_IsReportedAndTriedAgain()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=poll", "--Models:PollInterval=60m");
        Publish(server, "tiny", 2);
        var (file, kept) = (Path.Combine(server.Models, "tiny", "2", "model.onnx"), Path.Combine(server.Models, "kept"));
        File.Move(file, kept);
        File.CreateSymbolicLink(file, file);

        await server.Repository.ScanAsync(Cancellation);
        var report = server.Repository.Current.Index.Single(report => report.Version == 2);
        Assert.Equal(VersionState.Unavailable, report.State);
        Assert.NotEqual("", report.Reason);
        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));

        File.Delete(file);
        File.Move(kept, file);
        await server.Repository.ScanAsync(Cancellation);
        Assert.Equal(["tiny/1", "tiny/2"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task LoadAsync_FilesChangeWhileTheyAreOpened_AreNotServed()
    {
        // The clock is asked between the look at the folder and the opening of the model.
        var clock = new ActingClock();
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Services.AddSingleton<TimeProvider>(clock),
            "--Models:Mode=explicit", "--Models:Load=tiny");
        var folder = Path.Combine(server.Models, "tiny", "2");
        new TinyOnnx().Write(folder);
        clock.Act = () => File.WriteAllText(Path.Combine(folder, "labels.txt"), "x\ny\nz\n");

        var exception = await Assert.ThrowsAsync<InferenceException>(() => server.Repository.LoadAsync("tiny", Cancellation));
        clock.Act = null;

        Assert.Contains("changed while it was opened", exception.Message);
        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
        await server.Repository.LoadAsync("tiny", Cancellation);
        Assert.Equal(["x", "y", "z"], server.Repository.Current.Models["tiny"].Default.Facts.Labels);
    }

    [Fact]
    public async Task Scan_DataFileBesideTheModelChanges_IsAnotherModel()
    {
        var model = new TinyOnnx { DataLocation = "weights.bin" };
        await using var server = await TestServer.StartAsync(
            models => model.Write(Path.Combine(models, "tiny", "1")), "--Models:Mode=poll", "--Models:PollInterval=60m");
        var before = server.Repository.Current.Models["tiny"].Default.Facts.Sha256;
        var data = Path.Combine(server.Models, "tiny", "1", "weights.bin");
        File.WriteAllBytes(data, (model with { Weights = model.Stripes(0.02f) }).ToData());
        MakeOld(Path.GetDirectoryName(data)!);

        await server.Repository.ScanAsync(Cancellation);

        Assert.NotEqual(before, server.Repository.Current.Models["tiny"].Default.Facts.Sha256);
    }

    [Fact]
    public async Task Scan_DataFileComesLater_IsServedThen()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=poll", "--Models:PollInterval=60m");
        var model = new TinyOnnx { DataLocation = "weights.bin" };
        var folder = Path.Combine(server.Models, "tiny", "2");
        model.Write(folder);
        var data = Path.Combine(folder, "weights.bin");
        File.Delete(data);
        MakeOld(folder);
        await server.Repository.ScanAsync(Cancellation);
        Assert.Contains("weights.bin does not exist", server.Repository.Current.Index.Single(report => report.Version == 2).Reason);

        File.WriteAllBytes(data, model.ToData());
        MakeOld(folder);
        await server.Repository.ScanAsync(Cancellation);

        Assert.Equal(["tiny/1", "tiny/2"], server.Repository.Current.Versions.Select(version => $"{version}"));
    }

    [Fact]
    public async Task Scan_ModelFileIsAPipe_IsReportedAtOnceAndBlocksNoOther()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the check of a file's type is Linux's");
        await using var server = await TestServer.StartAsync("--Models:Mode=poll", "--Models:PollInterval=60m");
        var folder = Directory.CreateDirectory(Path.Combine(server.Models, "piped", "1")).FullName;
        using (var mkfifo = Process.Start("mkfifo", [Path.Combine(folder, "model.onnx")]))
            await mkfifo.WaitForExitAsync(Cancellation);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "model.onnx"), DateTime.UtcNow.AddHours(-2));
        Publish(server, "tiny", 2);

        await server.Repository.ScanAsync(Cancellation);

        Assert.Equal(["tiny/1", "tiny/2"], server.Repository.Current.Versions.Select(version => $"{version}"));
        Assert.Contains("is a FIFO", server.Repository.Current.Index.Single(report => report.Model == "piped").Reason);
    }

    [Fact]
    public async Task Start_NameWithControlCharacters_IsReportedAndBreaksNoLine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "such names are not allowed elsewhere");
        var log = new RecordedLog();
        await using var server = await TestServer.StartAsync(
            models =>
            {
                TestServer.WriteTiny(models);
                new TinyOnnx().Write(Path.Combine(models, "a\nb\u001b[2J", "1"));
                new TinyOnnx().Write(Path.Combine(models, "tiny", "v\r2"));
                File.WriteAllText(Path.Combine(models, "tiny", "x\ny.onnx"), "");
            },
            builder => builder.Logging.AddProvider(log));

        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
        Assert.Contains(
            server.Repository.Current.Index, report => report.Model == "a\uFFFDb\uFFFD[2J" && report.Reason.Contains("control"));
        Assert.DoesNotContain(log.Entries, entry => entry.Message.Any(char.IsControl));
    }

    [Fact]
    public async Task Lease_UnknownAmongThousands_NamesTen()
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            foreach (var number in Enumerable.Range(100, 40))
                new TinyOnnx().Write(Path.Combine(models, $"m{number}", "1"));
        });

        var message = Assert.Throws<InferenceException>(() => server.Repository.Lease("nobody", 0)).Message;

        Assert.EndsWith("m100, m101, m102, m103, m104, m105, m106, m107, m108, m109 and 30 more", message);
    }

    [Fact]
    public async Task LoadAsync_FolderWithoutVersions_SaysSo()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit");
        Directory.CreateDirectory(Path.Combine(server.Models, "empty"));

        var exception = await Assert.ThrowsAsync<InferenceException>(() => server.Repository.LoadAsync("empty", Cancellation));

        Assert.Equal("failed to load 'empty': no version is in its folder, expected empty/1/model.onnx", exception.Message);
    }

    [Fact]
    public async Task Start_ModelToLoadIsMissing_IsReported()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit", "--Models:Load=tiny,typo");

        Assert.Equal(["tiny/1"], server.Repository.Current.Versions.Select(version => $"{version}"));
        Assert.Equal(VersionState.Unavailable, server.Repository.Current.Index.Single(report => report.Model == "typo").State);
    }

    [Fact]
    public async Task LoadAsync_FolderVanishesMeanwhile_SaysSo()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit", "--Models:Load=tiny");
        using var lease = server.Repository.Lease("tiny", 0);

        await Parallel.ForAsync(0, 200, Cancellation, async (index, token) =>
        {
            try
            {
                await (index % 2 == 0 ? server.Repository.LoadAsync("tiny", token) : server.Repository.UnloadAsync("tiny", token));
            }
            catch (InferenceException)
            {
                // Another caller may unload the model meanwhile. An error is right as long as it is one of our errors.
            }
            if (index == 100)
                Directory.Delete(Path.Combine(server.Models, "tiny"), recursive: true);
        });

        var exception = await Assert.ThrowsAsync<InferenceException>(() => server.Repository.LoadAsync("tiny", Cancellation));
        Assert.Equal(InferenceErrorKind.NotFound, exception.Kind);
    }

    /// <summary>A folder whose full name has so many characters.</summary>
    private static string DeepFolder(string path, int length)
    {
        while (path.Length < length)
            path = Path.Combine(path, new string('d', Math.Clamp(length - path.Length - 1, 1, 200)));
        return Directory.CreateDirectory(path).FullName;
    }

    private static void Publish(TestServer server, string name, long version, TinyOnnx? tiny = null, GoldenTensors? golden = null)
    {
        var folder = Path.Combine(server.Models, name, $"{version}");
        (tiny ?? new()).Write(folder);
        golden?.Write(Path.Combine(folder, GoldenTensors.FileName));
        Age(server, name, version);
    }

    private static int ages;

    /// <summary>Gives files a time of long ago, another one at each call.</summary>
    private static void Age(TestServer server, string name, long version)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(server.Models, name, $"{version}")))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1).AddSeconds(Interlocked.Increment(ref ages)));
    }

    private static GoldenTensors Golden(TinyOnnx tiny)
    {
        using var directory = new TemporaryDirectory();
        tiny.Write(directory.Path);
        using var model = ClassifierModel.Open(directory.Path);
        var pixels = new byte[16 * 4];
        new Random(1).NextBytes(pixels);
        var probabilities = new float[3 * 4];
        model.Classify(pixels, probabilities);
        return new(model.Facts.Input, pixels, new float[3 * 4], probabilities);
    }

    private static void MakeOld(string folder)
    {
        foreach (var file in Directory.GetFiles(folder))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-2));
    }

    /// <summary>A clock that acts when it is asked for a time stamp.</summary>
    private sealed class ActingClock : TimeProvider
    {
        public Action? Act { get; set; }

        public override long GetTimestamp()
        {
            Act?.Invoke();
            return base.GetTimestamp();
        }
    }
}
