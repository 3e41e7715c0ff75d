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
    private readonly Stream stream;
    private readonly ParquetWriter writer;
    private readonly Column[] columns;
    private int count;
    private bool closed;

    public ParquetRows(OutputSink sink, ScoringModel model, int topK)
    {
        this.sink = sink;
        columns =
        [
            Text("path", row => row.Name, nullable: false),
            .. Enumerable.Range(0, topK).SelectMany(rank => Scores(model, rank)),
            .. model.NoveltyThreshold is { } threshold ? Novelty(threshold) : [],
            Text("actual", row => row.Actual >= 0 ? model.Labels[row.Actual] : null),
            Text("error", row => row.Error?.Kind),
            Text("error_text", row => row.Error?.Text),
            Text("model", _ => model.Name, nullable: false),
            Of(new DataField<long>("version"), _ => model.Version, (group, field, all) => group.WriteAsync<long>(field, all.ToArray())),
            Text("model_sha256", _ => model.Sha256, nullable: false),
        ];
        // Parquet's footer has the position of everything, so the stream must know its own.
        stream = sink.Stream.CanSeek
            ? sink.Stream
            : new FileStream(
                Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        writer = Wait(ParquetWriter.CreateAsync(new ParquetSchema(columns.Select(column => column.Field)), stream));
    }

    public override void Write(Chunk chunk)
    {
        foreach (var row in chunk.Rows.AsSpan(0, chunk.Count))
        {
            foreach (var column in columns)
                column.Add(row);
            if (++count == RowGroupRows)
                Wait(WriteGroupAsync());
        }
    }

    public override void Complete()
    {
        if (count > 0)
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

    private static Column[] Scores(ScoringModel model, int rank)
    {
        var suffix = rank == 0 ? "" : $"_{rank + 1}";
        return
        [
            Text($"label{suffix}", row => row.Error is null ? model.Labels[row.Top[rank].Index] : null),
            Number<int>($"index{suffix}", row => row.Error is null ? row.Top[rank].Index : null),
            Number<float>($"score{suffix}", row => row.Error is null ? row.Top[rank].Probability : null),
        ];
    }

    private static Column[] Novelty(double threshold) =>
    [
        Number<float>("novelty", row => row.Novelty),
        Number<bool>("is_known", row => row.Novelty is { } novelty ? novelty <= threshold : null),
    ];

    private static Column Text(string name, Func<ScoreRow, string?> value, bool nullable = true) => Of(
        new DataField<string>(name, nullable), value, (group, field, values) => group.WriteAsync(field, values!));

    private static Column Number<T>(string name, Func<ScoreRow, T?> value)
        where T : struct =>
        Of(new DataField<T?>(name), value, (group, field, values) => group.WriteAsync<T>(field, values.ToArray()));

    private static Column Of<T>(DataField field, Func<ScoreRow, T> value, Func<ParquetRowGroupWriter, DataField, List<T>, Task> write)
    {
        var values = new List<T>();
        return new(field, row => values.Add(value(row)), async group =>
        {
            await write(group, field, values);
            values.Clear();
        });
    }

    private async Task WriteGroupAsync()
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in columns)
            await column.WriteAsync(group);
        group.CompleteValidate();
        count = 0;
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

    /// <summary>A column, which keeps the values of the rows until a group is written.</summary>
    private sealed record Column(DataField Field, Action<ScoreRow> Add, Func<ParquetRowGroupWriter, Task> WriteAsync);
}
