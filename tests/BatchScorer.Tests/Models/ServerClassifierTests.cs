using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Invocation;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Cli;
using LeNetServe.Client;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.BatchScorer.Tests.Models;

public sealed class ServerClassifierTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string model;
    private readonly string images;

    public ServerClassifierTests()
    {
        model = Pictures.WriteModel(directory["models", "tiny"]);
        images = directory["images"];
        Pictures.WriteFolder(images, perClass: 30);
        File.WriteAllText(Path.Combine(images, "3", "001.png"), "this is a text and no picture at all");
    }

    public void Dispose() => directory.Dispose();

    private ScoreOptions Options(string output) => Scorer.Options(model, output, images) with { Threshold = new ErrorThreshold(1, null) };

    [Fact]
    public async Task Run_ThroughTwoServersWholeAndInShards_GivesTheLocalBytes()
    {
        await using var one = await ServerProcess.Start(directory["models"]);
        await using var two = await ServerProcess.Start(directory["models"]);
        string[] urls = [one.GrpcUrl, two.GrpcUrl];

        var (local, _) = await Scorer.Run(Options(directory["local.jsonl"]));
        var (served, _) = await Scorer.Run(Options(directory["served.jsonl"]) with { Servers = urls });
        var (named, _) = await Scorer.Run(Options(directory["named.csv"]) with { Servers = urls, Model = "tiny/1" });
        var (only, _) = await Scorer.Run(Options(directory["only.csv"]) with { Servers = urls, Model = null });
        for (var shard = 0; shard < 3; shard++)
            await Scorer.Run(
                Options(directory["job"]) with { Servers = shard == 1 ? [] : urls, PartSize = 40, Share = new WorkShare(shard, 3) });
        new MergeRun(new MergeOptions { Folder = directory["job"], Threshold = new ErrorThreshold(1, null) }, TextWriter.Null)
            .Run(null, TestContext.Current.CancellationToken);

        Assert.All((ExitCode[])[local, served, named, only], code => Assert.Equal(ExitCode.Success, code));
        var expected = File.ReadAllBytes(directory["local.jsonl"]);
        Assert.Equal(expected, File.ReadAllBytes(directory["served.jsonl"]));
        Assert.Equal(expected, File.ReadAllBytes(directory["job", "scores.jsonl"]));
        Assert.Equal(File.ReadAllBytes(directory["named.csv"]), File.ReadAllBytes(directory["only.csv"]));
    }

    [Fact]
    public async Task Run_OneServerGoesAway_TheOtherScoresAll()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the list comes through a named pipe");
        await using var stays = await ServerProcess.Start(directory["models"]);
        var goes = await ServerProcess.Start(directory["models"]);
        var files = Directory.GetFiles(images, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        (await BuiltProgram.Run(BuiltProgram.Start("mkfifo", directory.Path, ["list"]))).Expect(ExitCode.Success);
        await Scorer.Run(Options(directory["local.jsonl"]));

        var scoring = Task.Run(() => Scorer.Run(Options(directory["served.jsonl"]) with
        {
            Inputs = new InputOptions { ListFile = directory["list"] },
            Servers = [stays.GrpcUrl, goes.GrpcUrl],
        }));
        // The list is opened after both servers were asked for the model, and has no end before one of them is gone.
        await using (var list = new StreamWriter(new FileStream(directory["list"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite)))
        {
            await list.WriteLineAsync(string.Join('\n', files[..100]));
            await list.FlushAsync(TestContext.Current.CancellationToken);
            await goes.DisposeAsync();
            await list.WriteLineAsync(string.Join('\n', files[100..]));
        }

        Assert.Equal(ExitCode.Success, (await scoring).Code);
        Assert.Equal(File.ReadAllBytes(directory["local.jsonl"]), File.ReadAllBytes(directory["served.jsonl"]));
    }

    [Fact]
    public async Task Run_TlsAndAToken_GivesTheLocalBytes()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(directory["server.pem"], $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        File.WriteAllText(directory["token"], "open-sesame-open-sesame-open-sesame\n");
        File.WriteAllText(directory["wrong"], "another-sesame-another-sesame-another\n");
        await using var server = await ServerProcess.StartSecure(directory["models"], directory["server.pem"], directory["token"]);
        var secure = Options(directory["served.jsonl"]) with
        {
            Servers = [server.GrpcUrl],
            CaFile = directory["server.pem"],
            TokenFile = directory["token"]
        };

        await Scorer.Run(Options(directory["local.jsonl"]));
        var (code, _) = await Scorer.Run(secure);
        var denied = await Assert.ThrowsAsync<LeNetServeException>(() => Scorer.Run(secure with { TokenFile = directory["wrong"] }));
        var untrusted = await Assert.ThrowsAsync<LeNetServeException>(() => Scorer.Run(secure with { CaFile = null }));

        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(File.ReadAllBytes(directory["local.jsonl"]), File.ReadAllBytes(directory["served.jsonl"]));
        Assert.Equal(LeNetServeErrorKind.Unauthenticated, denied.Kind);
        Assert.Contains($"no TLS connection to {server.GrpcUrl}: ", untrusted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AnotherModelOnTheServer_IsRefused()
    {
        await using var server = await ServerProcess.Start(directory["models"]);
        var other = Pictures.WriteModel(directory["others", "tiny"], scale: 0.01f);

        var different = await Assert.ThrowsAsync<InvalidDataException>(
            () => Scorer.Run(Options(directory["scores.jsonl"]) with { Servers = [server.GrpcUrl], Model = other }));
        var unknown = await Assert.ThrowsAsync<LeNetServeException>(
            () => Scorer.Run(Options(directory["scores.jsonl"]) with { Servers = [server.GrpcUrl], Model = "letters" }));

        Assert.Contains("expected the same file", different.Message);
        Assert.Equal(LeNetServeErrorKind.NotFound, unknown.Kind);
        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task Run_NoServer_IsTroubleWorthTryingAgain()
    {
        var (code, _, error) = await BuiltProgram.Run(
            "BatchScorer", directory.Path, "score", images, "-s", "http://127.0.0.1:1", "-m", "tiny", "-o", "scores.jsonl",
            "--server-wait", "0");

        Assert.Equal((int)ExitCode.Trouble, code);
        Assert.StartsWith("error: http://127.0.0.1:1: ", error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Run_AnAddressWithoutAScheme_IsRefusedByTheOptionsName()
    {
        var error = await Assert.ThrowsAsync<ExpectedException>(
            () => Scorer.Run(Options(directory["scores.jsonl"]) with { Servers = ["localhost:8001"], Model = "tiny" }));

        Assert.StartsWith("--server has 'localhost:8001', expected http://host:port", error.Message);
    }

    [Fact]
    public async Task OpenAsync_NoServerAtTheStart_IsTriedAsLongAsAsked()
    {
        var time = new HurriedTime();
        var started = time.GetTimestamp();
        var options = new LeNetServeClientOptions { Urls = { "http://127.0.0.1:1" }, MaxAttempts = 1 };

        var warnings = new StringWriter();
        var error = await Assert.ThrowsAsync<LeNetServeException>(
            () => ServerClassifier.OpenAsync(
                options, "tiny", null, new ServerPatience(TimeSpan.FromSeconds(10), time, warnings),
                TestContext.Current.CancellationToken));

        Assert.StartsWith("http://127.0.0.1:1: ", error.Message);
        Assert.InRange(time.GetElapsedTime(started).TotalSeconds, 10, 15);
        var line = Assert.Single(warnings.ToString().TrimEnd().Split(Environment.NewLine));
        Assert.StartsWith("waiting up to 10 s (--server-wait): http://127.0.0.1:1: no server answers", line);
    }

    /// <summary>A clock that jumps to the end of every wait.</summary>
    private sealed class HurriedTime : FakeTimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Advance(dueTime);
            return timer;
        }
    }
}
