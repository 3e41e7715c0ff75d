using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>The server's life, from its start to the exit code.</summary>
internal static class ServerRun
{
    /// <summary>
    /// Runs until the server is stopped. <see cref="ExitCode.Trouble"/>, with one line on stderr, where it could not listen or one of its services
    /// failed, so that whoever supervises it starts it again.
    /// </summary>
    public static async Task<ExitCode> RunAsync(WebApplication app)
    {
        var services = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        Exception? failure = null;
        await using (app)
        {
            try
            {
                await app.StartAsync();
                await app.WaitForShutdownAsync();
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // A service that fails while the host still starts cancels the start.
                failure = exception;
                if (!app.Lifetime.ApplicationStarted.IsCancellationRequested)
                    await StopAsync(services, app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
            }
        }
        failure = services.Select(service => service.ExecuteTask?.Exception?.GetBaseException()).FirstOrDefault(exception => exception is not null) ?? failure;
        if (failure is null or OperationCanceledException)
            return ExitCode.Success;
        await Console.Error.WriteLineAsync($"The server has failed: {failure.Message}");
        return ExitCode.Trouble;
    }

    /// <summary>A start that fails stops nothing, and a model that is being opened while the process ends crashes it in native code.</summary>
    private static async Task StopAsync(IEnumerable<BackgroundService> services, TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        await Task.WhenAll(services.Select(service => service.StopAsync(patience.Token)));
    }
}
