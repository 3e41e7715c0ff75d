using System.Diagnostics;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Models;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting.Systemd;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Announces two events on stdout, for people and scripts: <c>LeNetServe listening grpc=… http=…</c> when the ports are open, and
/// <c>LeNetServe ready …</c> when the models are loaded, or <c>LeNetServe serves no model: …</c> if none can be served. systemd gets
/// READY=1 with the second event.
/// </summary>
internal sealed partial class ServerAnnouncement(
    IServer server,
    IHostApplicationLifetime host,
    ServerLifecycle lifecycle,
    ModelRepository repository,
    ServerOptions options,
    ISystemdNotifier systemd,
    ILogger<ServerAnnouncement> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using (host.ApplicationStarted.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), started))
            await started.Task.WaitAsync(stoppingToken);
        string[] addresses = [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(Clickable)];
        var socket = options.Listen.UnixSocket is { } path ? $" unix={path}" : "";
        Announce($"LeNetServe listening grpc={addresses[0]} http={addresses[1]}{socket}");
        await lifecycle.WhenLoaded.WaitAsync(stoppingToken);
        var milliseconds = (TimeProvider.System.GetLocalNow() - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
        var versions = repository.Current.Versions.ToArray();
        var device = (versions.Length > 0
            ? versions[0].Model.Device
            : ExecutionProviders.Resolve(options.Device)).ToString().ToLowerInvariant();
        var models = string.Join(',', versions.Select(version => $"{version}"));
        Announce(
            repository.ServesNothing
                ? $"LeNetServe serves no model: nothing in {options.Models.Path} can be served, expected NAME/1/{ModelFiles.ModelFileName}"
                : $"LeNetServe ready after {milliseconds:0} ms device={device} models={models}");
        systemd.Notify(ServiceState.Ready);
    }

    // A closed stdout or a full disk must not end a server.
    private void Announce(string text)
    {
        try
        {
            Console.Out.WriteLine(text);
        }
        catch (IOException exception)
        {
            LogUnwritten(exception.Message);
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        systemd.Notify(ServiceState.Stopping);
        return base.StopAsync(cancellationToken);
    }

    // Nobody can connect to the address that stands for all addresses.
    private static string Clickable(string address) => address.Replace("//0.0.0.0:", "//localhost:").Replace("//[::]:", "//localhost:");

    [LoggerMessage(11, LogLevel.Warning, "stdout cannot be written, the announcement is lost: {Reason}", EventName = "AnnouncementLost")]
    private partial void LogUnwritten(string reason);
}
