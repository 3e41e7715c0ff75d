using System.Runtime.ExceptionServices;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>
/// list → (read → decode → infer) → write, without a thread besides the workers. Each worker takes the next images off the list, brings
/// them through all steps, and gives them to the output. The worker that gives the next rows in the order of the list writes them.
/// </summary>
/// <param name="newWorker">Makes what one worker needs.</param>
/// <param name="workers">Chunks worked on at a time.</param>
/// <param name="topK">Best classes in a row.</param>
internal sealed class ScoringPipeline(Func<ChunkWorker> newWorker, int workers, int topK)
{
    /// <summary>The chunks by which a worker may run ahead of one that has slow images.</summary>
    private const int PlacesPerWorker = 4;

    private ExceptionDispatchInfo? failure;

    /// <summary>Scores all images.</summary>
    /// <param name="images">Read by one worker at a time, no faster than rows are written.</param>
    /// <param name="write">Gets every chunk, in order, on one thread at a time.</param>
    /// <param name="cancellationToken">Ends the pipeline.</param>
    public async Task RunAsync(IEnumerable<InputImage> images, Action<Chunk> write, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var list = new ChunkList(images, workers);
        using var output = new ChunkOutput(write, workers * PlacesPerWorker, topK);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Guarded(() => WorkAsync(list, output, stop.Token), stop)));
        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();
    }

    private async Task WorkAsync(ChunkList list, ChunkOutput output, CancellationToken cancellationToken)
    {
        var worker = newWorker();
        while (true)
        {
            var chunk = await output.RentAsync(cancellationToken);
            if (!await list.FillAsync(chunk, cancellationToken))
                return;
            await worker.ScoreAsync(chunk, cancellationToken);
            output.LayDown(chunk);
        }
    }

    /// <summary>Runs a worker; its failure, the first one, ends all of them.</summary>
    private Task Guarded(Func<Task> work, CancellationTokenSource stop) => Task.Run(async () =>
    {
        try
        {
            await work();
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
