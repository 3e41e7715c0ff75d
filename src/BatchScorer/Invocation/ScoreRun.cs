using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Jobs;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Progress;
using LeNetServe.BatchScorer.Scoring;
using LeNetServe.Cli;
using LeNetServe.Client;
using LeNetServe.Files;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>One call of <c>score</c>.</summary>
internal sealed class ScoreRun(ScoreOptions options, TextWriter messages)
{
    private const int LargestToken = 1 << 20;

    private readonly TimeProvider time = TimeProvider.System;
    private readonly CompanionFiles companionFiles = CompanionFiles.Beside(options.Output) with { HeatMaps = options.HeatMaps };

    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var listing = NewListing();
        var isElsewhere = options.Servers.Count > 0 || options.Share is not null || options.Output == OutputSink.StandardOutput;
        if (options.HeatMaps is not null && isElsewhere)
            throw ExpectedException.Usage(
                "--explain with --server, --shard or --out -, expected a model and all images in this process, and a file");
        if (options.Servers.Count == 0 && (options.TokenFile ?? options.CaFile) is not null)
            throw ExpectedException.Usage(
                $"{(options.TokenFile is null ? "--ca-file" : "--token-file")} without --server, expected --server URL");
        if (options.Share is not null && !options.IsJob)
            throw ExpectedException.Usage($"--shard with --out {options.Output}, expected a folder that all shards write to");
        if (!options.IsJob || options.Refresh || !File.Exists(Path.Combine(options.Output, Job.FileName)))
            listing.Check();
        using var classifier = await OpenAsync(cancellationToken);
        if (options.Reject && classifier.Model.NoveltyThreshold is null)
            throw ExpectedException.Usage($"--reject, and {classifier.Model.Name} has no output novelty; "
                + "expected a model that was exported with --outputs probabilities,novelty");
        using var progress = new ScoringProgress(messages, options.Progress, time);
        try
        {
            return options.IsJob
                ? await JobAsync(listing, classifier, progress, cancellationToken)
                : await FileAsync(listing, classifier, progress, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new ExpectedException(ExitCode.Interrupted, options.IsJob
                ? $"stopped after {progress.Images} images; the same command goes on from there"
                : $"stopped after {progress.Images} images, nothing was published; --out FOLDER makes a job that can be resumed");
        }
    }

    private async Task<ExitCode> FileAsync(
        InputListing listing, IBatchClassifier classifier, ScoringProgress progress, CancellationToken cancellationToken)
    {
        var topK = TopK(classifier);
        var format = options.Format ?? OutputFormats.OfExtension(options.Output) ?? OutputFormat.Jsonl;
        var companions = new Companions(classifier.Model, options.Preview, classifier);
        if (options.Progress != ProgressStyle.None && listing.CanBeReadTwice)
            _ = Task.Run(() => progress.Expect(CountImages(cancellationToken)), cancellationToken);
        using (var rows = RowFile.Open(options.Output, format, classifier.Model, topK, options.CsvSafe))
        {
            long number = 0;
            var pipeline = Pipeline(classifier, topK, hashContent: false, rows.Prepare);
            await pipeline.RunAsync(listing.Images(contents: true, cancellationToken), Write, cancellationToken);
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
        IReadOnlyList<string> written = options.Output == OutputSink.StandardOutput ? [] : companions.Write(companionFiles);
        progress.End();
        var result = new RunResult(companions.Tally, options.Threshold, messages);
        if (!options.Quiet)
        {
            result.Say(progress.Elapsed, [options.Output, .. written]);
            SayPassedOver(listing);
        }
        return result.Verdict();
    }

    private async Task<ExitCode> JobAsync(
        InputListing listing, IBatchClassifier classifier, ScoringProgress progress, CancellationToken cancellationToken)
    {
        var topK = TopK(classifier);
        var isResumed = !options.Refresh && File.Exists(Path.Combine(options.Output, Job.FileName));
        var job = Job.OpenOrBegin(
            options.Output, options.Inputs, () => listing.Images(contents: false, cancellationToken), options.PartSize, options.Refresh);
        cancellationToken.ThrowIfCancellationRequested();
        if (isResumed && options.Share is null && options.Inputs.Paths.Count > 0 && listing.CanBeReadTwice
            && !FrozenList.IsOf(listing.Images(contents: false, cancellationToken), job.File))
            messages.WriteLine(
                $"warning: the inputs have other images than the list of {options.Output}, and only the list's are scored; "
                + "--refresh lists them anew");
        if (!options.Quiet)
            SayPassedOver(listing);
        var share = options.Share ?? WorkShare.Whole;
        using var onlyOne = JobLock.Take(job, share);
        job.Clean(share);
        var key = new ScoringKey(classifier.Model, topK, options.FolderLabels, options.Reject);
        var images = new JobImages(job, row => share.Has(row / job.File.PartSize), key, job.Filter());
        var parts = new PartWriter(job, key);
        var tally = new Tally(classifier.Model);
        progress.Expect(job.CountOf(share));
        var pipeline = Pipeline(classifier, topK, hashContent: true, new PartRows(classifier.Model).Prepare);
        await pipeline.RunAsync(images.Images(), Write, cancellationToken);
        progress.End();
        if (options.Share is null)
            return new MergeRun(MergeOptions(), messages, classifier).Run(progress.Elapsed, cancellationToken);
        if (!options.Quiet)
        {
            messages.WriteLine(
                $"shard {share}: {tally.Images} of {job.File.Images} images in {progress.Elapsed.TotalSeconds:0.0} s, {tally.Failed} "
                + "failed");
            messages.WriteLine($"next: lenetserve-score merge {Shell.Word(options.Output)}  # when all shards are done");
        }
        return new RunResult(tally, options.Threshold, messages).Verdict();

        void Write(Chunk chunk)
        {
            for (var i = 0; i < chunk.Count; i++)
                tally.Add(chunk.Rows[i]);
            parts.Write(chunk);
            progress.Add(chunk.Count, Failed(chunk));
        }
    }

    private MergeOptions MergeOptions() => new()
    {
        Folder = options.Output,
        Format = options.Format ?? OutputFormat.Jsonl,
        CsvSafe = options.CsvSafe,
        Preview = options.Preview,
        HeatMaps = options.HeatMaps,
        Threshold = options.Threshold,
        Quiet = options.Quiet,
    };

    private int TopK(IBatchClassifier classifier) => Math.Min(options.TopK, classifier.Model.Labels.Count);

    private InputListing NewListing()
    {
        List<string> outputs = options.IsJob ? [] : [options.Output, companionFiles.Summary, companionFiles.Page, companionFiles.Sheet];
        if (options.HeatMaps is { } folder)
            outputs.Add(folder);
        return new(options.Inputs with { Outputs = outputs });
    }

    private long CountImages(CancellationToken cancellationToken) =>
        NewListing().Images(contents: false, CancellationToken.None).TakeWhile(_ => !cancellationToken.IsCancellationRequested).LongCount();

    private ScoringPipeline Pipeline(IBatchClassifier classifier, int topK, bool hashContent, Action<Chunk> prepare)
    {
        var imaging = new ImagePreprocessor(classifier.Model.Imaging);
        var labels = new FolderLabels(classifier.Model.Labels, options.FolderLabels);
        var workers = options.Parallelism ?? classifier.DefaultParallelism;
        return new ScoringPipeline(
            () => new ChunkWorker(classifier, imaging, labels, topK, options.Reject, hashContent, prepare), workers, topK);
    }

    private async Task<IBatchClassifier> OpenAsync(CancellationToken cancellationToken)
    {
        if (options.Servers.Count == 0)
        {
            return new InProcessClassifier(
                options.Model ?? throw ExpectedException.Usage("no model, expected --model PATH"), options.Imaging, options.Device);
        }
        var client = new LeNetServeClientOptions
        {
            Token = options.TokenFile is { } file ? RegularFile.ReadAllText(file, LargestToken).Trim() : null,
            CaCertificatePath = options.CaFile,
        };
        foreach (var url in options.Servers)
            client.Urls.Add(url);
        var patience = new ServerPatience(options.ServerPatience, time, messages);
        try
        {
            return await ServerClassifier.OpenAsync(client, options.Model, options.Imaging, patience, cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw ExpectedException.Usage(exception.Message
                .Replace(nameof(LeNetServeClientOptions.Urls), "--server", StringComparison.Ordinal)
                .Replace(nameof(LeNetServeClientOptions.CaCertificatePath), "--ca-file", StringComparison.Ordinal)
                .Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal));
        }
    }

    private static int Failed(Chunk chunk)
    {
        var failed = 0;
        for (var i = 0; i < chunk.Count; i++)
            failed += chunk.Rows[i].Error is null ? 0 : 1;
        return failed;
    }

    private void SayPassedOver(InputListing listing)
    {
        if (listing.PassedOver == 1)
            messages.WriteLine("1 file or folder was passed over: hidden, a system's, of another extension, or this scorer's own output");
        else if (listing.PassedOver > 1)
            messages.WriteLine(
                $"{listing.PassedOver} files and folders were passed over: hidden, a system's, of other extensions, "
                + "or this scorer's own outputs");
        if (listing.Loops > 0)
            messages.WriteLine($"symbolic links that lead back to a folder above them, left out: {listing.Loops}");
    }
}
