namespace LeNetServe.Client;

/// <summary>
/// Limits the unanswered images of a stream. Ends the stream if images are unanswered and no answer arrives within the timeout.
/// </summary>
internal sealed class StreamWindow : IDisposable
{
    private static readonly TimeSpan Never = System.Threading.Timeout.InfiniteTimeSpan;

    private readonly SemaphoreSlim free;
    private readonly CancellationTokenSource abort;
    private readonly ITimer timer;
    private readonly object gate = new();
    private int unanswered;
    private bool disposed;

    public StreamWindow(int size, TimeSpan timeout, CancellationTokenSource abort, TimeProvider time)
    {
        free = new SemaphoreSlim(size);
        this.abort = abort;
        Timeout = timeout;
        timer = time.CreateTimer(static state => ((StreamWindow)state!).OnSilence(), this, Never, Never);
    }

    public TimeSpan Timeout { get; }

    public bool TimedOut { get; private set; }

    /// <summary>Gets or sets the exception of the images' source.</summary>
    public Exception? SourceFailure { get; set; }

    public async ValueTask Enter(CancellationToken cancellationToken)
    {
        await free.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            if (unanswered++ == 0)
                Arm();
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            if (--unanswered > 0)
                Arm();
            else
                timer.Change(Never, Never);
        }
        free.Release();
    }

    public void Abort()
    {
        lock (gate)
        {
            if (!disposed)
                abort.Cancel();
        }
    }

    public void Dispose()
    {
        lock (gate)
            disposed = true;
        timer.Dispose();
        free.Dispose();
    }

    private void Arm() => timer.Change(Timeout, Never);

    private void OnSilence()
    {
        lock (gate)
        {
            if (unanswered == 0)
                return;
            TimedOut = true;
        }
        Abort();
    }
}
