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
    public async Task RunAsync_StartFailsWhileModelsAreOpened_EndsAfterThem()
    {
        await using var app = TestServer.Build(directory, WriteMany, builder => builder.Services.AddHostedService<Unstartable>());
        var repository = app.Services.GetServices<IHostedService>().OfType<RepositoryService>().Single();

        Assert.Equal(ExitCode.Trouble, await ServerRun.RunAsync(app).WaitAsync(Cancellation));

        Assert.True(repository.ExecuteTask!.IsCompleted);
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

    private sealed class Unstartable : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new IOException("trouble");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
