using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
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
        var listen = app.Services.GetRequiredService<ServerOptions>().Listen;
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
        await Console.Error.WriteLineAsync($"error: the server {what}: {Describe(failure, listen)}");
        return ExitCode.Trouble;
    }

    /// <summary>Says what failed and what to do about it: the message, or the whole exception if it is a bug.</summary>
    internal static string Describe(Exception failure, ListenerOptions listen)
    {
        int[] ports = [listen.GrpcPort, listen.HttpPort];
        int[] low = [.. ports.Where(port => port is > 0 and < 1024)];
        var isDenied = failure is SocketException { SocketErrorCode: SocketError.AccessDenied } && low.Length > 0;
        var socket = !isDenied && listen.UnixSocket is { } path ? $", or on {path}" : "";
        var names = string.Join(" and ", isDenied ? low : ports);
        // A socket's exception does not name the address.
        var place = failure is SocketException
            ? $"cannot listen on {listen.Address}, port{(isDenied && low.Length == 1 ? "" : "s")} {names}{socket}: "
            : "";
        const string Choose = "choose another port with --grpc-port or --http-port.";
        var remedy = isDenied ? $". Ports below 1024 need more rights: {Choose}"
            : failure.InnerException is AddressInUseException ? $" Stop the program that uses it, or {Choose}"
            : "";
        return $"{place}{(Exit.Expected(failure) is null ? failure : failure.Message)}{remedy}";
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
