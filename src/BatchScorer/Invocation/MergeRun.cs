using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Jobs;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Outputs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>One call of <c>merge</c>, or the end of a job that one scorer did alone.</summary>
/// <param name="options">The request.</param>
/// <param name="messages">Receives the messages.</param>
/// <param name="classifier">The classifier of a job that this process scored; null if others scored.</param>
internal sealed class MergeRun(MergeOptions options, TextWriter messages, IBatchClassifier? classifier = null)
{
    /// <summary>Merges the parts.</summary>
    /// <param name="scoring">The time that scoring took; null if others scored.</param>
    /// <param name="cancellationToken">Ends the merge.</param>
    public ExitCode Run(TimeSpan? scoring, CancellationToken cancellationToken)
    {
        var job = Job.Open(options.Folder);
        var format = options.Format ?? (options.Output is null ? null : OutputFormats.OfExtension(options.Output)) ?? OutputFormat.Jsonl;
        var output = options.Output ?? Path.Combine(options.Folder, $"scores{format.Extension()}");
        var merge = new JobMerge(job);
        var key = merge.Check();
        var companions = new Companions(key, options.Preview, classifier);
        using (var rows = RowFile.Open(output, format, key, key.TopK, options.CsvSafe))
        {
            merge.Run(rows, (row, number) => companions.Add(row, number, null), cancellationToken);
            rows.Complete();
        }
        var written = companions.Write(CompanionFiles.In(options.Folder) with { HeatMaps = options.HeatMaps }, rows => Find(job, rows));
        var result = new RunResult(companions.Tally, options.Threshold, messages);
        if (!options.Quiet)
            result.Say(scoring, [output, .. written]);
        return result.Verdict();
    }

    private static Dictionary<long, InputImage> Find(Job job, IReadOnlySet<long> rows)
    {
        var found = new Dictionary<long, InputImage>();
        if (rows.Count == 0)
            return found;
        using var numbers = rows.Order().GetEnumerator();
        foreach (var image in new JobImages(job, rows.Contains, null, job.Filter()).Images())
        {
            numbers.MoveNext();
            found[numbers.Current] = image;
        }
        return found;
    }
}
