using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api;

/// <summary>
/// Reads files for calls, one at a time and on a thread of its own. A read costs more than a call of a model. On a mount that does not
/// answer it keeps its thread, and callers get an error.
/// </summary>
internal sealed class FileReads : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim turn = new(1);

    public void Dispose() => turn.Dispose();

    /// <summary>Reads in turn.</summary>
    /// <exception cref="InferenceException">The files do not answer, or <paramref name="gone"/> is canceled.</exception>
    public async Task<T> ReadAsync<T>(Func<T> read, CancellationToken gone)
    {
        try
        {
            if (!await turn.WaitAsync(Patience, gone))
                throw new InferenceException(InferenceErrorKind.Unavailable, "other calls read files; try again a little later");
            var work = Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            _ = work.ContinueWith(_ => turn.Release(), TaskScheduler.Default);
            return await work.WaitAsync(Patience, gone);
        }
        catch (TimeoutException)
        {
            throw new InferenceException(
                InferenceErrorKind.Unavailable, $"the files did not answer within {Patience.TotalSeconds} s; try again a little later");
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            throw Caller.WentAway();
        }
    }
}
