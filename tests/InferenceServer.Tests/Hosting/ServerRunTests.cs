using System.Net.Sockets;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeNetServe.InferenceServer.Tests.Hosting;

public sealed class ServerRunTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task RunAsync_RepositoryCannotBeReadAtStart_IsTrouble()
    {
        await using var app = TestServer.Build(
            directory, TestServer.WriteTiny, builder => Directory.Delete(builder.Configuration["Models:Path"]!, recursive: true));

        Assert.Equal(ExitCode.Trouble, await ServerRun.RunAsync(app).WaitAsync(Cancellation));
    }

    [Fact]
    public async Task RunAsync_ServiceFailsLater_IsTrouble()
    {
        await using var app = TestServer.Build(directory, TestServer.WriteTiny, builder => builder.Services.AddHostedService<Failing>());

        Assert.Equal(ExitCode.Trouble, await ServerRun.RunAsync(app).WaitAsync(Cancellation));
    }

    [Fact]
    public async Task RunAsync_PortIsTaken_IsTrouble()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = TestServer.Build(
            directory, TestServer.WriteTiny, _ => { }, $"--Listen:GrpcPort={new Uri(server.GrpcAddress).Port}");

        Assert.Equal(ExitCode.Trouble, await ServerRun.RunAsync(app).WaitAsync(Cancellation));
    }

    [Fact]
    public async Task RunAsync_PortIsTakenWhileModelsAreOpened_EndsAfterThem()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = TestServer.Build(directory, WriteMany, _ => { }, $"--Listen:GrpcPort={new Uri(server.GrpcAddress).Port}");
        var repository = app.Services.GetServices<IHostedService>().OfType<RepositoryService>().Single();

        Assert.Equal(ExitCode.Trouble, await ServerRun.RunAsync(app).WaitAsync(Cancellation));

        Assert.True(repository.ExecuteTask!.IsCompleted);
    }

    [Theory]
    [InlineData(8001, 80, "port 80")]
    [InlineData(443, 8000, "port 443")]
    [InlineData(443, 80, "ports 443 and 80")]
    public void Describe_PortOfTheSystem_NamesItAndTheRights(int grpc, int http, string expected)
    {
        var denied = new SocketException((int)SocketError.AccessDenied);

        Assert.Equal(
            $"cannot listen on 0.0.0.0, {expected}: {denied.Message}. Ports below 1024 need more rights: "
            + "choose another port with --grpc-port or --http-port.",
            ServerRun.Describe(denied, new() { GrpcPort = grpc, HttpPort = http }));
    }

    [Fact]
    public void Describe_AnotherFaultOfASocket_NamesBothPorts()
    {
        var absent = new SocketException((int)SocketError.AddressNotAvailable);

        Assert.Equal(
            $"cannot listen on 0.0.0.0, ports 8001 and 80: {absent.Message}",
            ServerRun.Describe(absent, new() { GrpcPort = 8001, HttpPort = 80 }));
    }

    private static void WriteMany(string models)
    {
        foreach (var name in Enumerable.Range(0, 300))
            new TinyOnnx().Write(Path.Combine(models, $"tiny{name}", "1"));
    }

    [Fact]
    public async Task RunAsync_UntilItIsStopped_IsSuccess()
    {
        await using var app = TestServer.Build(directory, TestServer.WriteTiny, _ => { });
        var running = ServerRun.RunAsync(app);
        await app.Services.GetRequiredService<ServerLifecycle>().WhenLoaded.WaitAsync(Cancellation);

        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(ExitCode.Success, await running.WaitAsync(Cancellation));
    }

    private sealed class Failing(ServerLifecycle lifecycle) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await lifecycle.WhenLoaded.WaitAsync(stoppingToken);
            throw new InvalidOperationException("a bug");
        }
    }
}
