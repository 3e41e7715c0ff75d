using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// The server's end: readiness goes off, requests are still taken for the drain delay, endless streams end, and only when no request of a model is in flight
/// the listeners close and the host waits for what else is.
/// </summary>
internal sealed partial class DrainService(
    ServerLifecycle lifecycle, ServerOptions options, ServerMetrics metrics, TimeProvider time, ILogger<DrainService> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50), Look = TimeSpan.FromMilliseconds(5);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogDraining(options.Shutdown.DrainDelay, options.Shutdown.Timeout);
        lifecycle.Drain();
        await Task.Delay(options.Shutdown.DrainDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lifecycle.End();
        await QuietAsync(cancellationToken);
    }

    /// <summary>
    /// Waits until no request has been in flight for a moment, at most another drain delay. Kestrel takes a call for over before it has written the trailers
    /// (Http2FrameWriter), and cuts them off where its connection closes at that moment: seen behind HAProxy, once in a thousand calls in flight.
    /// </summary>
    private async Task QuietAsync(CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromTicks(Math.Min(options.Shutdown.DrainDelay.Ticks, options.Shutdown.Timeout.Ticks / 2));
        var started = time.GetTimestamp();
        for (var (since, seen) = (started, -1L); time.GetElapsedTime(since) < Quiet && time.GetElapsedTime(started) < longest && !cancellationToken.IsCancellationRequested;)
        {
            var requests = metrics.Models.Sum(model => model.Requests);
            if (requests != seen || metrics.Models.Any(model => model.Pending > 0))
                (since, seen) = (time.GetTimestamp(), requests);
            await Task.Delay(Look, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Not ready any more; requests are taken for {DrainDelay} more, those in flight may take {Timeout} after that")]
    private partial void LogDraining(TimeSpan drainDelay, TimeSpan timeout);
}
