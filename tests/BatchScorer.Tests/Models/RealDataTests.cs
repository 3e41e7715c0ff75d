using LeNetServe.BatchScorer.Invocation;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Cli;
using LeNetServe.Datasets;
using LeNetServe.EndToEnd.Tests;
using LeNetServe.EndToEnd.Tests.Agreement;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Models;

public sealed class RealDataTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Score_TheMnistTestSetLocallyThroughAServerAndInShards_GivesTheSameBytes()
    {
        var data = RealData.Mnist();
        var models = Path.Combine(RepositoryTree.Root, "models");
        var model = Path.Combine(models, "lenet5-mnist");
        Assert.SkipUnless(Directory.Exists(model), $"{model} is not there");
        var dataset = DatasetCatalog.Open(new DatasetRequest { Name = "mnist", Directory = data }, TestContext.Current.CancellationToken);
        ImageFiles.Write(dataset, ImageFiles.Of(dataset, null), directory["images"]);
        await using var server = await ServerProcess.Start(models);
        var options = Scorer.Options(model, directory["local.jsonl"], directory["images"]);

        await Scorer.Run(options);
        await Scorer.Run(options with { Output = directory["served.jsonl"], Servers = [server.GrpcUrl] });
        for (var shard = 0; shard < 4; shard++)
            await Scorer.Run(options with { Output = directory["job"], Share = new WorkShare(shard, 4) });
        new MergeRun(new MergeOptions { Folder = directory["job"] }, TextWriter.Null).Run(null, TestContext.Current.CancellationToken);

        var local = File.ReadAllBytes(directory["local.jsonl"]);
        Assert.Equal(10_000, local.Count(value => value == (byte)'\n'));
        Assert.Equal(local, File.ReadAllBytes(directory["served.jsonl"]));
        Assert.Equal(local, File.ReadAllBytes(directory["job", "scores.jsonl"]));
    }
}
