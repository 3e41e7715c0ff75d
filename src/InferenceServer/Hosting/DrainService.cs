using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Ends the server: turns readiness off, accepts requests for the drain delay, ends endless streams, and waits for the requests of models.
/// Then the listeners close, and the host waits for all other requests.
/// </summary>
internal sealed partial class DrainService(
    ServerLifecycle lifecycle, ServerOptions options, ServerMetrics metrics, TimeProvider time, ILogger<DrainService> logger)
    : IHostedLifecycleService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogDraining(options.Shutdown.DrainDelay, options.Shutdown.Timeout);
        lifecycle.Drain();
        await Task.Delay(options.Shutdown.DrainDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lifecycle.End();
        await QuietAsync(cancellationToken);
    }

    /// <summary>
    /// Waits until no request has been in progress for 50 ms, at most for another drain delay. Kestrel completes a call before it writes
    /// the trailers (Http2FrameWriter). A connection that closes at that moment loses them: seen behind HAProxy, once in a thousand calls.
    /// </summary>
    private async Task QuietAsync(CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromTicks(Math.Min(options.Shutdown.DrainDelay.Ticks, options.Shutdown.Timeout.Ticks / 2));
        var started = time.GetTimestamp();
        var quietSince = started;
        var seen = -1L;
        while (time.GetElapsedTime(quietSince) < Quiet
            && time.GetElapsedTime(started) < longest
            && !cancellationToken.IsCancellationRequested)
        {
            var requests = metrics.Models.Sum(model => model.Requests);
            if (requests != seen || metrics.Models.Any(model => model.Pending > 0))
            {
                quietSince = time.GetTimestamp();
                seen = requests;
            }
            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        10,
        LogLevel.Information,
        "Not ready; accepts requests for {DrainDelay} more, and waits {Timeout} for requests in progress after that",
        EventName = "Draining")]
    private partial void LogDraining(TimeSpan drainDelay, TimeSpan timeout);
}
