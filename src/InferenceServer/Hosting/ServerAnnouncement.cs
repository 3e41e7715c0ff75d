using System.Diagnostics;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Devices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Two lines on stdout for people and scripts: <c>LeNetServe listening grpc=… http=…</c> when the ports are bound, and
/// <c>LeNetServe ready …</c> when the models are loaded.
/// </summary>
internal sealed class ServerAnnouncement(
    IServer server, IHostApplicationLifetime host, ServerLifecycle lifecycle, ModelRepository repository, ServerOptions options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using (host.ApplicationStarted.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), started))
            await started.Task.WaitAsync(stoppingToken);
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        var socket = options.Listen.UnixSocket is { } path ? $" unix={path}" : "";
        await Console.Out.WriteLineAsync($"LeNetServe listening grpc={addresses[0]} http={addresses[1]}{socket}");
        await lifecycle.WhenLoaded.WaitAsync(stoppingToken);
        var milliseconds = (TimeProvider.System.GetLocalNow() - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
        var versions = repository.Current.Versions.ToArray();
        var device = versions.Length > 0 ? versions[0].Model.Device : ExecutionProviders.Resolve(options.Device);
        await Console.Out.WriteLineAsync(
            $"LeNetServe ready after {milliseconds:0} ms device={device.ToString().ToLowerInvariant()} models={string.Join(',', versions.Select(version => $"{version}"))}");
    }
}
