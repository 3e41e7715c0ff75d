using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Jobs;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Progress;
using LeNetServe.BatchScorer.Scoring;
using LeNetServe.Cli;
using LeNetServe.Client;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>One call of <c>score</c>.</summary>
internal sealed class ScoreRun(ScoreOptions options, TextWriter messages)
{
    private readonly TimeProvider time = TimeProvider.System;

    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var listing = new InputListing(options.Inputs);
        if (options.Share is not null && !options.IsJob)
            throw new ExpectedException(ExitCode.Usage, $"--shard with --out {options.Output}, expected a folder that all shards write to");
        if (!options.IsJob || options.Refresh || !File.Exists(Path.Combine(options.Output, "job.json")))
            listing.Check();
        using var classifier = await OpenAsync(cancellationToken);
        var topK = Math.Min(options.TopK, classifier.Model.Labels.Count);
        using var progress = new ScoringProgress(messages, options.Progress, time);
        try
        {
            return options.IsJob
                ? await JobAsync(listing, classifier, topK, progress, cancellationToken)
                : await FileAsync(listing, classifier, topK, progress, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new ExpectedException(ExitCode.Interrupted, options.IsJob
                ? $"stopped after {progress.Images} images; the same command goes on from there"
                : $"stopped after {progress.Images} images, nothing was published; --out FOLDER makes a job that can be resumed");
        }
    }

    private async Task<ExitCode> FileAsync(InputListing listing, IBatchClassifier classifier, int topK, ScoringProgress progress, CancellationToken cancellationToken)
    {
        var companions = new Companions(classifier.Model, classifier.Model.Imaging, options.Preview);
        if (options.Progress != ProgressStyle.None && listing.CanBeReadTwice)
            _ = Task.Run(() => progress.Expect(new InputListing(options.Inputs).Images(contents: false).TakeWhile(_ => !cancellationToken.IsCancellationRequested).LongCount()), cancellationToken);
        using (var rows = RowFile.Open(options.Output, options.Format ?? OutputFormats.OfExtension(options.Output) ?? OutputFormat.Jsonl, classifier.Model, topK))
        {
            long number = 0;
            await Pipeline(classifier, topK, hashContent: false, rows.Prepare).RunAsync(listing.Images(contents: true, cancellationToken), Write, cancellationToken);
            if (companions.Tally.Images == 0)
                throw new InvalidDataException(InputListing.NoImages);
            rows.Complete();

            void Write(Chunk chunk)
            {
                for (var i = 0; i < chunk.Count; i++)
                    companions.Add(chunk.Rows[i], number++, chunk.Images[i]);
                rows.Write(chunk);
                progress.Add(chunk.Count, Failed(chunk));
            }
        }
        if (options.Output != OutputSink.StandardOutput)
            companions.Write(Beside(".summary.json"), Beside(".mistakes.html"), Beside(".preview.png"));
        progress.End();
        Say(companions.Tally, progress.Elapsed);
        if (listing.Loops > 0 && !options.Quiet)
            messages.WriteLine($"{listing.Loops} symbolic links lead back to a folder above them and were left out");
        return Verdict(companions.Tally.Failed, companions.Tally.Images);
    }

    private async Task<ExitCode> JobAsync(InputListing listing, IBatchClassifier classifier, int topK, ScoringProgress progress, CancellationToken cancellationToken)
    {
        var job = Job.OpenOrBegin(options.Output, options.Inputs, () => listing.Images(contents: false, cancellationToken), options.PartSize, options.Refresh);
        cancellationToken.ThrowIfCancellationRequested();
        var share = options.Share ?? WorkShare.Whole;
        using var onlyOne = JobLock.Take(job, share);
        job.Clean(share);
        var key = ScoringKey.Of(classifier.Model, topK, options.FolderLabels);
        var images = new JobImages(job, row => share.Has(row / job.File.PartSize), key, job.Filter());
        var parts = new PartWriter(job, key);
        var tally = new Tally(classifier.Model);
        progress.Expect(job.CountOf(share));
        await Pipeline(classifier, topK, hashContent: true, new PartRows(classifier.Model, topK).Prepare).RunAsync(images.Images(), Write, cancellationToken);
        progress.End();
        if (options.Share is not null)
        {
            if (!options.Quiet)
                messages.WriteLine($"shard {share}: {tally.Images} of {job.File.Images} images in {progress.Elapsed.TotalSeconds:0.0} s, {tally.Failed} failed; when all shards are done: merge {options.Output}");
            return Verdict(tally.Failed, tally.Images);
        }
        var merged = await new MergeRun(new MergeOptions
        {
            Folder = options.Output,
            Format = options.Format ?? OutputFormat.Jsonl,
            Preview = options.Preview,
            Threshold = options.Threshold,
            Quiet = options.Quiet,
        }, messages).RunAsync(progress.Elapsed, cancellationToken);
        return merged;

        void Write(Chunk chunk)
        {
            for (var i = 0; i < chunk.Count; i++)
                tally.Add(chunk.Rows[i]);
            parts.Write(chunk);
            progress.Add(chunk.Count, Failed(chunk));
        }
    }

    private ScoringPipeline Pipeline(IBatchClassifier classifier, int topK, bool hashContent, Action<Chunk> prepare)
    {
        var imaging = new ImagePreprocessor(classifier.Model.Imaging);
        var labels = new FolderLabels(classifier.Model.Labels, options.FolderLabels);
        var workers = options.Parallelism ?? classifier.DefaultParallelism;
        return new ScoringPipeline(() => new ChunkWorker(classifier, imaging, labels, topK, hashContent, prepare), workers, topK);
    }

    private async Task<IBatchClassifier> OpenAsync(CancellationToken cancellationToken)
    {
        if (options.Servers.Count == 0)
            return new InProcessClassifier(options.Model ?? throw new ExpectedException(ExitCode.Usage, "no model, expected --model PATH"), options.Imaging);
        var client = new LeNetServeClientOptions
        {
            Token = options.TokenFile is { } file ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim() : null,
            CaCertificatePath = options.CaFile,
        };
        foreach (var url in options.Servers)
            client.Urls.Add(url);
        try
        {
            return await ServerClassifier.OpenAsync(client, options.Model, options.Imaging, new ServerPatience(options.ServerPatience, time), cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new ExpectedException(ExitCode.Usage, exception.Message
                .Replace(nameof(LeNetServeClientOptions.Urls), "--server", StringComparison.Ordinal)
                .Replace(nameof(LeNetServeClientOptions.CaCertificatePath), "--ca-file", StringComparison.Ordinal)
                .Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal));
        }
    }

    private string Beside(string ending) => Path.ChangeExtension(options.Output, ending);

    private static int Failed(Chunk chunk)
    {
        var failed = 0;
        for (var i = 0; i < chunk.Count; i++)
            failed += chunk.Rows[i].Error is null ? 0 : 1;
        return failed;
    }

    private void Say(Tally tally, TimeSpan elapsed)
    {
        if (!options.Quiet)
            messages.Write(ResultText.Of(tally, elapsed));
    }

    private ExitCode Verdict(long failed, long images)
    {
        if (!options.Threshold.IsExceededBy(failed, images))
            return ExitCode.Success;
        messages.WriteLine(options.Threshold.Message(failed, images));
        return ExitCode.CheckFailed;
    }
}
