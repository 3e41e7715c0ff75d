using System.Diagnostics;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Scoring;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>One call of <c>score</c>.</summary>
internal sealed class ScoreRun(ScoreOptions options, TextWriter messages)
{
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var listing = new InputListing(options.Inputs);
        listing.Check();
        using var classifier = await OpenAsync(cancellationToken);
        var topK = Math.Min(options.TopK, classifier.Model.Labels.Count);
        var tally = new Tally(classifier.Model);
        var started = Stopwatch.GetTimestamp();
        using (var rows = RowFile.Open(options.Output, Format(), classifier.Model, topK))
        {
            var imaging = new ImagePreprocessor(classifier.Model.Imaging);
            var labels = new FolderLabels(classifier.Model.Labels, options.FolderLabels);
            var workers = options.Parallelism ?? classifier.DefaultParallelism;
            var pipeline = new ScoringPipeline(() => new ChunkWorker(classifier, imaging, labels, topK, rows.Prepare), workers, topK);
            await pipeline.RunAsync(listing.Images(), Write, cancellationToken);
            rows.Complete();

            void Write(Chunk chunk)
            {
                for (var i = 0; i < chunk.Count; i++)
                    tally.Add(chunk.Rows[i]);
                rows.Write(chunk);
            }
        }
        if (options.Output != OutputSink.StandardOutput)
            SummaryFile.Write(Path.ChangeExtension(options.Output, ".summary.json"), tally);
        return Report(tally, Stopwatch.GetElapsedTime(started));
    }

    private Task<IBatchClassifier> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Model is null)
            throw new UsageException("no model, expected --model PATH");
        IBatchClassifier classifier = new InProcessClassifier(options.Model, options.Imaging);
        return Task.FromResult(classifier);
    }

    private OutputFormat Format() => options.Format ?? Path.GetExtension(options.Output).ToLowerInvariant() switch
    {
        ".csv" => OutputFormat.Csv,
        ".parquet" => OutputFormat.Parquet,
        _ => OutputFormat.Jsonl,
    };

    private ExitCode Report(Tally tally, TimeSpan elapsed)
    {
        if (!options.Quiet)
        {
            messages.WriteLine($"{tally.Images} images in {elapsed.TotalSeconds:0.0} s ({tally.Images / elapsed.TotalSeconds:0} images/s), {tally.Failed} failed");
            messages.Write(ConfusionText.Of(tally));
        }
        if (!options.Threshold.IsExceededBy(tally.Failed, tally.Images))
            return ExitCode.Success;
        messages.WriteLine($"error: {tally.Failed} of {tally.Images} images failed, expected at most {options.Threshold}; their rows name the errors");
        return ExitCode.CheckFailed;
    }
}
