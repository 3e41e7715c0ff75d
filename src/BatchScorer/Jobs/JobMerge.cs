using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>
/// Makes one output of a job's parts. It checks that every row of the frozen list is there, once, and that one model with one imaging
/// scored them all.
/// </summary>
internal sealed class JobMerge(Job job)
{
    /// <summary>Gets the key of all parts.</summary>
    /// <exception cref="IOException">Parts are missing or damaged: their shards must run again.</exception>
    /// <exception cref="InvalidDataException">Parts were scored by different models or with different imaging.</exception>
    public ScoringKey Check()
    {
        PartHeader? first = null;
        var missing = new List<long>();
        for (long part = 0; part < job.Parts; part++)
        {
            var file = PartFile.TryRead(job.PartPath(part));
            if (file is null)
            {
                missing.Add(part);
                continue;
            }
            Check(file, part);
            first ??= file.Header;
            if (file.Header.Scoring != first.Scoring)
                throw new InvalidDataException($"part {part} was scored by {Text(file.Header.Scoring)}, part {first.Part} by "
                    + $"{Text(first.Scoring)}; expected one model for all: run the shards of the wrong one again");
        }
        if (missing.Count > 0)
            throw new IOException($"{missing.Count} of {job.Parts} parts are missing or damaged ({string.Join(", ", missing.Take(10))}"
                + $"{(missing.Count > 10 ? ", …" : "")}): run their shards again; part P belongs to shard P modulo the number of shards");
        return first?.Scoring ?? throw new InvalidDataException($"{job.Folder}: the list of images is empty, there is nothing to merge");
    }

    /// <summary>Gives every row to the outputs, in the order of the frozen list.</summary>
    /// <param name="rows">Gets the rows.</param>
    /// <param name="seen">Sees each row with its number.</param>
    /// <param name="cancellationToken">Ends the merge.</param>
    public void Run(RowFile rows, Action<ScoreRow, long> seen, CancellationToken cancellationToken)
    {
        using var names = FrozenList.Read(job.Folder, job.File).GetEnumerator();
        long number = 0;
        var chunk = new Chunk(0);
        for (long part = 0; part < job.Parts; part++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = PartFile.TryRead(job.PartPath(part)) ?? throw new IOException($"part {part} went away while merging");
            foreach (var row in file.Rows)
            {
                if (!names.MoveNext() || names.Current.Path != row.Name)
                    throw new InvalidDataException($"{job.PartPath(part)}: row {number} is about {row.Name}, "
                        + $"expected {(number < job.File.Images ? names.Current.Path : "no more rows")}");
                seen(row, number++);
                chunk.Rows[chunk.Count++] = row;
                if (chunk.Count == Chunk.Capacity)
                    Flush(rows, chunk);
            }
        }
        if (chunk.Count > 0)
            Flush(rows, chunk);
        if (number != job.File.Images)
            throw new InvalidDataException($"{job.Folder}: {number} rows, expected {job.File.Images}");
    }

    private static void Flush(RowFile rows, Chunk chunk)
    {
        rows.Prepare(chunk);
        rows.Write(chunk);
        chunk.Reset();
    }

    private void Check(PartFile file, long part)
    {
        var expected = (part, part * job.File.PartSize, job.CountOf(part));
        var found = (file.Header.Part, file.Header.First, file.Header.Count);
        if (found != expected)
            throw new InvalidDataException($"{job.PartPath(part)}: (part, first row, rows) is {found}, expected {expected}");
    }

    private static string Text(ScoringKey key) =>
        $"{key.Name}/{key.Version} (SHA-256 {key.Sha256[..12]}…, imaging {ImagingKey.Of(key.Imaging)}, top {key.TopK}, folder labels "
        + $"{(key.FolderLabels ? "on" : "off")})";
}
