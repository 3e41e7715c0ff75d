using LeNetServe.BatchScorer.Invocation;
using LeNetServe.BatchScorer.Jobs;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Client;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;

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
            await Scorer.Run(Options(directory["job"]) with { Servers = shard == 1 ? [] : urls, PartSize = 40, Shard = new Shard(shard, 3) });
        await new MergeRun(new MergeOptions { Folder = directory["job"], Threshold = new ErrorThreshold(1, null) }, TextWriter.Null)
            .RunAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);

        Assert.All((ExitCode[])[local, served, named, only], code => Assert.Equal(ExitCode.Success, code));
        var expected = File.ReadAllBytes(directory["local.jsonl"]);
        Assert.Equal(expected, File.ReadAllBytes(directory["served.jsonl"]));
        Assert.Equal(expected, File.ReadAllBytes(directory["job", "scores.jsonl"]));
        Assert.Equal(File.ReadAllBytes(directory["named.csv"]), File.ReadAllBytes(directory["only.csv"]));
    }

    [Fact]
    public async Task Run_OneServerGoesAway_TheOtherScoresAll()
    {
        await using var stays = await ServerProcess.Start(directory["models"]);
        var goes = await ServerProcess.Start(directory["models"]);
        await Scorer.Run(Options(directory["local.jsonl"]));

        // 300 images in one chunk at a time give the server time to go in between; whenever that is, the rows must be whole.
        var scoring = Scorer.Run(Options(directory["served.jsonl"]) with { Servers = [stays.GrpcUrl, goes.GrpcUrl], Parallelism = 1 });
        await goes.DisposeAsync();
        try
        {
            Assert.Equal(ExitCode.Success, (await scoring).Code);
        }
        catch (LeNetServeException exception) when (exception.Kind == LeNetServeErrorKind.Unavailable)
        {
            Assert.Skip("the server was gone before it had been asked for the model");
        }

        Assert.Equal(File.ReadAllBytes(directory["local.jsonl"]), File.ReadAllBytes(directory["served.jsonl"]));
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
        var (code, _, error) = await BuiltProgram.Run("BatchScorer", directory.Path, "score", images, "-s", "http://127.0.0.1:1", "-m", "tiny", "-o", "scores.jsonl");

        Assert.Equal((int)ExitCode.Trouble, code);
        Assert.StartsWith("error: ", error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
