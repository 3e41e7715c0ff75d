namespace LeNetServe.InferenceServer;

/// <summary>The state of the server's life: loading, ready, draining.</summary>
internal sealed class ServerLifecycle : IDisposable
{
    private readonly CancellationTokenSource draining = new();
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the models of the start have been loaded.</summary>
    public Task WhenLoaded => loaded.Task;

    /// <summary>Gets whether new requests are welcome: the models are loaded and the server does not stop.</summary>
    public bool IsReady => loaded.Task.IsCompleted && !draining.IsCancellationRequested;

    /// <summary>Canceled when readiness goes off: requests are still taken.</summary>
    public CancellationToken Draining => draining.Token;

    /// <summary>Canceled when the drain delay is over: streams that would go on for ever end now.</summary>
    public CancellationToken Ending => ending.Token;

    /// <summary>Notes that the models of the start have been loaded.</summary>
    public void Loaded() => loaded.TrySetResult();

    /// <summary>Takes readiness away.</summary>
    public void Drain() => draining.Cancel();

    /// <summary>Ends the streams that would go on for ever.</summary>
    public void End() => ending.Cancel();

    public void Dispose()
    {
        draining.Dispose();
        ending.Dispose();
    }
}
