using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.BatchScorer.Scoring;
using Parquet;
using Parquet.Schema;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Parquet with the columns of the CSV, in row groups of a fixed size.</summary>
internal sealed class ParquetRows : RowFile
{
    /// <summary>Rows kept in memory until they are written.</summary>
    public const int RowGroupRows = 10_000;

    private readonly OutputSink sink;
    private readonly ScoringModel model;
    private readonly Stream stream;
    private readonly ParquetWriter writer;
    private readonly DataField[] fields;
    private readonly List<string?> paths = [], actuals = [], errors = [], errorTexts = [];
    private readonly List<string?>[] labels;
    private readonly List<int?>[] indices;
    private readonly List<float?>[] scores;
    private readonly List<float?> novelties = [];
    private readonly List<bool?> known = [];
    private bool closed;

    public ParquetRows(OutputSink sink, ScoringModel model, int topK)
    {
        this.sink = sink;
        this.model = model;
        labels = [.. Enumerable.Range(0, topK).Select(_ => new List<string?>())];
        indices = [.. Enumerable.Range(0, topK).Select(_ => new List<int?>())];
        scores = [.. Enumerable.Range(0, topK).Select(_ => new List<float?>())];
        fields = Fields(topK, model.NoveltyThreshold is not null);
        // Parquet's footer has the position of everything, so the stream must know its own.
        stream = sink.Stream.CanSeek
            ? sink.Stream
            : new FileStream(
                Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        writer = Wait(ParquetWriter.CreateAsync(new ParquetSchema(fields), stream));
    }

    public override void Write(Chunk chunk)
    {
        foreach (var row in chunk.Rows.AsSpan(0, chunk.Count))
        {
            Add(row);
            if (paths.Count == RowGroupRows)
                Wait(WriteGroupAsync());
        }
    }

    public override void Complete()
    {
        if (paths.Count > 0)
            Wait(WriteGroupAsync());
        Close();
        if (stream != sink.Stream)
        {
            stream.Position = 0;
            stream.CopyTo(sink.Stream);
            stream.Dispose();
        }
        sink.Publish();
    }

    public override void Dispose()
    {
        // A full disk makes closing fail as well; the unfinished file goes all the same.
        try
        {
            Close();
        }
        finally
        {
            try
            {
                stream.Dispose();
            }
            finally
            {
                sink.Dispose();
            }
        }
    }

    private static DataField[] Fields(int topK, bool hasNovelty) =>
    [
        new DataField<string>("path", nullable: false),
        .. Enumerable.Range(1, topK).SelectMany(rank => (DataField[])
        [
            new DataField<string>(rank == 1 ? "label" : $"label_{rank}"),
            new DataField<int?>(rank == 1 ? "index" : $"index_{rank}"),
            new DataField<float?>(rank == 1 ? "score" : $"score_{rank}"),
        ]),
        .. hasNovelty ? (DataField[])[new DataField<float?>("novelty"), new DataField<bool?>("is_known")] : [],
        new DataField<string>("actual"),
        new DataField<string>("error"),
        new DataField<string>("error_text"),
        new DataField<string>("model", nullable: false),
        new DataField<long>("version"),
        new DataField<string>("model_sha256", nullable: false),
    ];

    private void Add(ScoreRow row)
    {
        paths.Add(row.Name);
        for (var rank = 0; rank < labels.Length; rank++)
        {
            labels[rank].Add(row.Error is null ? model.Labels[row.Top[rank].Index] : null);
            indices[rank].Add(row.Error is null ? row.Top[rank].Index : null);
            scores[rank].Add(row.Error is null ? row.Top[rank].Probability : null);
        }
        novelties.Add(row.Novelty);
        known.Add(row.Novelty is { } novelty ? novelty <= model.NoveltyThreshold : null);
        actuals.Add(row.Actual >= 0 ? model.Labels[row.Actual] : null);
        errors.Add(row.Error?.Kind);
        errorTexts.Add(row.Error?.Text);
    }

    private async Task WriteGroupAsync()
    {
        var count = paths.Count;
        using var group = writer.CreateRowGroup();
        var field = 0;
        await group.WriteAsync(fields[field++], paths!);
        for (var rank = 0; rank < labels.Length; rank++)
        {
            await group.WriteAsync(fields[field++], labels[rank]!);
            await group.WriteAsync<int>(fields[field++], indices[rank].ToArray());
            await group.WriteAsync<float>(fields[field++], scores[rank].ToArray());
        }
        if (model.NoveltyThreshold is not null)
        {
            await group.WriteAsync<float>(fields[field++], novelties.ToArray());
            await group.WriteAsync<bool>(fields[field++], known.ToArray());
        }
        await group.WriteAsync(fields[field++], actuals!);
        await group.WriteAsync(fields[field++], errors!);
        await group.WriteAsync(fields[field++], errorTexts!);
        await group.WriteAsync(fields[field++], Enumerable.Repeat(model.Name, count).ToArray());
        await group.WriteAsync<long>(fields[field++], Enumerable.Repeat(model.Version, count).ToArray());
        await group.WriteAsync(fields[field], Enumerable.Repeat(model.Sha256, count).ToArray());
        group.CompleteValidate();
        foreach (var column in (List<string?>[])[paths, actuals, errors, errorTexts, .. labels])
            column.Clear();
        novelties.Clear();
        known.Clear();
        foreach (var column in indices)
            column.Clear();
        foreach (var column in scores)
            column.Clear();
    }

    private void Close()
    {
        if (closed)
            return;
        closed = true;
        Wait(writer.DisposeAsync().AsTask());
    }

    // The library is asynchronous only; rows are written on a thread of their own.
    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
