using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Runs the server from its start to its exit code.</summary>
internal static class ServerRun
{
    /// <summary>
    /// Runs until the server is stopped. If the server cannot listen or a service fails, one line on stderr names the reason; the exit code
    /// <see cref="ExitCode.Trouble"/> tells a supervisor to start the server again.
    /// </summary>
    public static async Task<ExitCode> RunAsync(WebApplication app)
    {
        var services = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        Exception? failure = null;
        var hasStarted = false;
        // The host itself handles SIGTERM, SIGINT and SIGQUIT. A closed terminal must drain the server, too.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            app.Lifetime.StopApplication();
        });
        await using (app)
        {
            try
            {
                FreeAddresses.Require(app.Services.GetRequiredService<ServerOptions>().Listen);
                await app.StartAsync();
                hasStarted = true;
                await app.WaitForShutdownAsync();
            }
            catch (Exception exception) when (exception is OperationCanceledException || Exit.Expected(exception) is not null)
            {
                // A service that fails while the host starts cancels the start.
                failure = exception;
                if (!app.Lifetime.ApplicationStarted.IsCancellationRequested)
                    await StopAsync(services, app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
            }
        }
        var ofServices = services.Select(service => service.ExecuteTask?.Exception?.GetBaseException());
        failure = ofServices.FirstOrDefault(exception => exception is not null) ?? failure;
        if (failure is null or OperationCanceledException)
            return ExitCode.Success;
        var what = hasStarted ? "has failed" : "did not start";
        await Console.Error.WriteLineAsync($"error: the server {what}: {(Exit.Expected(failure) is null ? failure : failure.Message)}");
        return ExitCode.Trouble;
    }

    /// <summary>
    /// Stops the services, which a failed start does not. A model that is opening when the process ends would crash native code.
    /// </summary>
    private static async Task StopAsync(IEnumerable<BackgroundService> services, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        await Task.WhenAll(services.Select(service => service.StopAsync(limit.Token)));
    }
}
