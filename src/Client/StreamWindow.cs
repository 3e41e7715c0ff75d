namespace LeNetServe.Client;

/// <summary>Bounds the unanswered images of a stream and ends the stream where none of them is answered for the timeout.</summary>
internal sealed class StreamWindow : IDisposable
{
    private readonly SemaphoreSlim _free;
    private readonly CancellationTokenSource _abort;
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private int _unanswered;
    private bool _disposed;

    public StreamWindow(int size, TimeSpan timeout, CancellationTokenSource abort, TimeProvider time)
    {
        _free = new SemaphoreSlim(size);
        _abort = abort;
        Timeout = timeout;
        _timer = time.CreateTimer(static state => ((StreamWindow)state!).OnSilence(), this, System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
    }

    public TimeSpan Timeout { get; }

    public bool TimedOut { get; private set; }

    /// <summary>What the source of the images threw.</summary>
    public Exception? SourceFailure { get; set; }

    public async ValueTask Enter(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_unanswered++ == 0)
                Arm();
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_unanswered > 0)
                Arm();
            else
                _timer.Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
        }
        _free.Release();
    }

    public void Abort()
    {
        lock (_gate)
        {
            if (!_disposed)
                _abort.Cancel();
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
        _free.Dispose();
    }

    private void Arm() => _timer.Change(Timeout, System.Threading.Timeout.InfiniteTimeSpan);

    private void OnSilence()
    {
        lock (_gate)
        {
            if (_unanswered == 0)
                return;
            TimedOut = true;
        }
        Abort();
    }
}
