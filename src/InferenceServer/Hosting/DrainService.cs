namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// The server's end: readiness goes off, requests are still taken for the drain delay, endless streams end, and only then the listeners close and
/// the host waits for what is in flight.
/// </summary>
internal sealed partial class DrainService(ServerLifecycle lifecycle, Configuration.ServerOptions options, TimeProvider time, ILogger<DrainService> logger) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogDraining(options.Shutdown.DrainDelay, options.Shutdown.Timeout);
        lifecycle.Drain();
        await Task.Delay(options.Shutdown.DrainDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lifecycle.End();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Not ready any more; requests are taken for {DrainDelay} more, those in flight may take {Timeout} after that")]
    private partial void LogDraining(TimeSpan drainDelay, TimeSpan timeout);
}
