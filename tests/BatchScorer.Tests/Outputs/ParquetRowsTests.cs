using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Tests;
using Parquet;

namespace LeNetServe.BatchScorer.Tests.Outputs;

public sealed class ParquetRowsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Dispose_TheFileCannotBeClosed_LeavesNothingBehind()
    {
        var sink = new OutputSink(directory["scores.parquet"]);
        using var classifier = new InProcessClassifier(Pictures.WriteModel(directory["model"]), null);
        var rows = new ParquetRows(sink, classifier.Model, topK: 1);
        sink.Stream.Dispose();

        Assert.ThrowsAny<Exception>(rows.Dispose);

        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task Write_ScoredAndFailedImages_ReadBackAsTheJsonlHasThem()
    {
        var model = Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["images"], perClass: 7);
        File.WriteAllText(directory["images", "3", "001.png"], "this is a text and no picture at all");

        await Scorer.Run(Scorer.Options(model, directory["scores.parquet"], directory["images"]) with { TopK = 2 });
        await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], directory["images"]) with { TopK = 2 });

        var rows = Scorer.Rows(directory["scores.jsonl"]);
        await using var reader = await ParquetReader.CreateAsync(
            directory["scores.parquet"], cancellationToken: TestContext.Current.CancellationToken);
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(
            ["path", "label", "index", "score", "label_2", "index_2", "score_2", "actual", "error", "error_text", "model", "version",
                "model_sha256"],
            reader.Schema.DataFields.Select(field => field.Name));
        Assert.Equal(rows.Select(row => row.Text("path")), await Texts("path"));
        Assert.Equal(rows.Select(row => row.Text("label")), await Texts("label"));
        Assert.Equal(rows.Select(row => row.Text("actual")), await Texts("actual"));
        Assert.Equal(rows.Select(row => row.Text("error")), await Texts("error"));
        Assert.Equal(rows.Select(row => row.Text("error_text")), await Texts("error_text"));
        Assert.Equal(rows.Select(row => row.Text("model_sha256")), await Texts("model_sha256"));
        var scores = new float?[rows.Length];
        await group.ReadAsync<float>(reader.Schema.DataFields[6], scores.AsMemory(), null, TestContext.Current.CancellationToken);
        Assert.Equal(
            rows.Select(
                row => row.Text("error") is null ? row.GetProperty("top")[1].GetProperty("score").GetSingle() : (float?)null), scores);

        async Task<string?[]> Texts(string name)
        {
            var values = new string?[rows.Length];
            await group.ReadAsync(
                reader.Schema.DataFields.Single(field => field.Name == name), values.AsMemory(), null,
                TestContext.Current.CancellationToken);
            return values;
        }
    }
}
