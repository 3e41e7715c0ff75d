using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Jobs;
using LeNetServe.BatchScorer.Outputs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>One call of <c>merge</c>, or the end of a job that one scorer did alone.</summary>
internal sealed class MergeRun(MergeOptions options, TextWriter messages)
{
    /// <param name="scoring">How long scoring took; null where others scored.</param>
    /// <param name="cancellationToken">Ends the merge.</param>
    public Task<ExitCode> RunAsync(TimeSpan? scoring, CancellationToken cancellationToken)
    {
        var job = Job.Open(options.Folder);
        var format = options.Format ?? (options.Output is null ? null : OutputFormats.OfExtension(options.Output)) ?? OutputFormat.Jsonl;
        var output = options.Output ?? Path.Combine(options.Folder, $"scores{format.Extension()}");
        var merge = new JobMerge(job);
        var key = merge.Check();
        var companions = new Companions(key.ToModel(), key.Imaging, options.Preview);
        using (var rows = RowFile.Open(output, format, key.ToModel(), key.TopK))
        {
            merge.Run(rows, (row, number) => companions.Add(row, number, null), cancellationToken);
            rows.Complete();
        }
        companions.Write(
            Path.Combine(options.Folder, "summary.json"), Path.Combine(options.Folder, "mistakes.html"), Path.Combine(options.Folder, "preview.png"), rows => Find(job, rows));
        if (!options.Quiet)
            messages.Write(ResultText.Of(companions.Tally, scoring));
        var (failed, images) = (companions.Tally.Failed, companions.Tally.Images);
        if (!options.Threshold.IsExceededBy(failed, images))
            return Task.FromResult(ExitCode.Success);
        messages.WriteLine(options.Threshold.Message(failed, images));
        return Task.FromResult(ExitCode.CheckFailed);
    }

    private static Dictionary<long, InputImage> Find(Job job, IReadOnlySet<long> rows)
    {
        if (rows.Count == 0)
            return [];
        var numbers = rows.Order().GetEnumerator();
        var found = new Dictionary<long, InputImage>();
        foreach (var image in new JobImages(job, rows.Contains, null, job.Filter()).Images())
        {
            numbers.MoveNext();
            found[numbers.Current] = image;
        }
        return found;
    }
}
