using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>
/// list → (read → decode → infer) → write: one lister, as many workers as there is parallelism, one writer that sees the chunks in the order of the
/// list. A worker takes a chunk through all its steps, so nothing waits between them, and the number of chunks on their way is fixed.
/// </summary>
/// <param name="newWorker">Makes what one worker needs.</param>
/// <param name="workers">Chunks worked on at a time.</param>
/// <param name="topK">Best classes in a row.</param>
internal sealed class ScoringPipeline(Func<ChunkWorker> newWorker, int workers, int topK)
{
    private const int ChunksPerCollection = 64;

    private readonly ConcurrentBag<Chunk> free = [];
    private ExceptionDispatchInfo? failure;

    /// <summary>Scores all images.</summary>
    /// <param name="images">Read on a thread of its own, as fast as the rows are written.</param>
    /// <param name="write">Gets every chunk, in order, on one thread.</param>
    /// <param name="cancellationToken">Ends the pipeline.</param>
    public async Task RunAsync(IEnumerable<InputImage> images, Action<Chunk> write, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = Channel.CreateBounded<Chunk>(workers * 2);
        var ordered = Channel.CreateBounded<Chunk>(workers * 4);

        Task[] tasks =
        [
            Guarded(() => ListAsync(images, work.Writer, ordered.Writer, stop.Token), stop),
            .. Enumerable.Range(0, workers).Select(_ => Guarded(() => WorkAsync(work.Reader, stop.Token), stop)),
            Guarded(() => WriteAsync(ordered.Reader, write, stop.Token), stop),
        ];
        await Task.WhenAll(tasks);
        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();
    }

    private async Task ListAsync(IEnumerable<InputImage> images, ChannelWriter<Chunk> work, ChannelWriter<Chunk> ordered, CancellationToken cancellationToken)
    {
        Chunk? chunk = null;
        foreach (var image in images)
        {
            if (chunk is not null && chunk.Images[0].Part != image.Part)
            {
                await Send(chunk);
                chunk = null;
            }
            chunk ??= free.TryTake(out var used) ? used : new Chunk(topK);
            chunk.Images[chunk.Count++] = image;
            if (chunk.Count == Chunk.Capacity)
            {
                await Send(chunk);
                chunk = null;
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        if (chunk is not null)
            await Send(chunk);
        work.Complete();
        ordered.Complete();

        async ValueTask Send(Chunk full)
        {
            await ordered.WriteAsync(full, cancellationToken);
            await work.WriteAsync(full, cancellationToken);
        }
    }

    private async Task WorkAsync(ChannelReader<Chunk> work, CancellationToken cancellationToken)
    {
        var worker = newWorker();
        await foreach (var chunk in work.ReadAllAsync(cancellationToken))
        {
            await worker.ScoreAsync(chunk, cancellationToken);
            chunk.Done.SetResult();
        }
    }

    private async Task WriteAsync(ChannelReader<Chunk> ordered, Action<Chunk> write, CancellationToken cancellationToken)
    {
        var written = 0;
        await foreach (var chunk in ordered.ReadAllAsync(cancellationToken))
        {
            // The runtime lets garbage grow to the size of the processor's cache, tens of megabytes; a collection of what few images leave takes microseconds.
            if (++written % ChunksPerCollection == 0)
                GC.Collect(0);
            await chunk.Done.Task.WaitAsync(cancellationToken);
            write(chunk);
            chunk.Reset();
            free.Add(chunk);
        }
    }

    /// <summary>Runs a part of the pipeline; its failure, the first one, ends all parts.</summary>
    private Task Guarded(Func<Task> part, CancellationTokenSource stop) => Task.Run(async () =>
    {
        try
        {
            await part();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            await stop.CancelAsync();
        }
    });
}
