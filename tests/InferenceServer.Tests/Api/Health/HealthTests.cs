using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace LeNetServe.InferenceServer.Tests.Api.Health;

public sealed class HealthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", Status.Serving)]
    [InlineData("lenetserve.v1.Classifier", Status.Serving)]
    [InlineData("inference.GRPCInferenceService", Status.Serving)]
    [InlineData("tiny", Status.Serving)]
    [InlineData("tiny/1", Status.Serving)]
    [InlineData("tiny@stable", Status.Serving)]
    [InlineData("tiny/2", Status.NotServing)]
    [InlineData("broken", Status.NotServing)]
    public async Task Check_WholeModelsAndVersions_TellsWhetherTheyServe(string service, Status expected)
    {
        await using var server = await StartAsync();
        var health = new Grpc.Health.V1.Health.HealthClient(server.Channel);

        Assert.Equal(expected, (await health.CheckAsync(new() { Service = service }, cancellationToken: Cancellation)).Status);
    }

    [Fact]
    public async Task Check_Unknown_IsNotFound()
    {
        await using var server = await StartAsync();
        var health = new Grpc.Health.V1.Health.HealthClient(server.Channel);

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await health.CheckAsync(new() { Service = "nobody" }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.NotFound, exception.StatusCode);
        Assert.Equal("no service or model \"nobody\"", exception.Status.Detail);
    }

    [Fact]
    public async Task Watch_ModelComesAndGoes_SendsEachChange()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit");
        using var watch = new Grpc.Health.V1.Health.HealthClient(server.Channel).Watch(
            new() { Service = "tiny" }, cancellationToken: Cancellation);

        Assert.Equal(Status.NotServing, await NextAsync(watch));
        await server.Repository.LoadAsync("tiny", Cancellation);
        Assert.Equal(Status.Serving, await NextAsync(watch));
        await server.Repository.UnloadAsync("tiny", Cancellation);
        Assert.Equal(Status.NotServing, await NextAsync(watch));
    }

    [Theory]
    [InlineData("none", "", "", false)]
    [InlineData("poll", "", "", false)]
    [InlineData("explicit", "", "", true)]
    [InlineData("explicit", "", "*", false)]
    [InlineData("none", "broken", "", false)]
    [InlineData("explicit", "broken", "", true)]
    [InlineData("explicit", "broken", "broken", false)]
    [InlineData("explicit", "tiny", "tiny", true)]
    public async Task Readiness_NothingIsServed_IsOffUnlessCallersLoad(string mode, string model, string load, bool expected)
    {
        await using var server = await TestServer.StartAsync(models =>
        {
            if (model == "tiny")
                TestServer.WriteTiny(models);
            else if (model.Length > 0)
                File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(models, model, "1")).FullName, "model.onnx"), "x");
        }, [$"--Models:Mode={mode}", .. load == "" ? Array.Empty<string>() : [$"--Models:Load={load}"]]);

        await AssertReadyAsync(server, expected);
    }

    [Fact]
    public async Task Readiness_FirstModelComesWhilePolling_IsOnUntilTheLastOneGoes()
    {
        await using var server = await TestServer.StartAsync(_ => { }, "--Models:Mode=poll", "--Models:PollInterval=60m");
        await AssertReadyAsync(server, false);

        var folder = Path.Combine(server.Models, "tiny", "1");
        File.SetLastWriteTimeUtc(new TinyOnnx().Write(folder), DateTime.UtcNow.AddDays(-1));
        await server.Repository.ScanAsync(Cancellation);
        await AssertReadyAsync(server, true);

        Directory.Delete(folder, recursive: true);
        await server.Repository.ScanAsync(Cancellation);
        await AssertReadyAsync(server, false);
    }

    [Fact]
    public async Task Watch_UnknownService_SaysSoAndGoesOn()
    {
        await using var server = await StartAsync();
        using var watch = new Grpc.Health.V1.Health.HealthClient(server.Channel).Watch(
            new() { Service = "nobody" }, cancellationToken: Cancellation);

        Assert.Equal(Status.ServiceUnknown, await NextAsync(watch));
    }

    [Fact]
    public async Task Drain_Readiness_GoesOffWhileRequestsAreTaken()
    {
        await using var server = await StartAsync();
        using var watch = new Grpc.Health.V1.Health.HealthClient(server.Channel).Watch(new(), cancellationToken: Cancellation);
        Assert.Equal(Status.Serving, await NextAsync(watch));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(server, "/livez"), await GetAsync(server, "/readyz")));

        server.App.Services.GetRequiredService<ServerLifecycle>().Drain();

        Assert.Equal(Status.NotServing, await NextAsync(watch));
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (await GetAsync(server, "/livez"), await GetAsync(server, "/readyz")));
        Assert.NotEmpty((await server.Client.ClassifyAsync(
            new() { Model = "tiny", Image = ClassifierServiceTests.Stripe(0) }, cancellationToken: Cancellation)).Predictions);

        server.App.Services.GetRequiredService<ServerLifecycle>().End();
        Assert.False(await watch.ResponseStream.MoveNext(Cancellation));
    }

    [Fact]
    public async Task End_OpenClassifyStream_AnswersWhatItHasAndSaysUnavailable()
    {
        await using var server = await StartAsync();
        using var call = server.Client.ClassifyStream(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(
            new() { Id = "1", Request = new() { Model = "tiny", Image = ClassifierServiceTests.Stripe(0) } }, Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));

        server.App.Services.GetRequiredService<ServerLifecycle>().End();

        var exception = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
    }

    [Fact]
    public async Task StopAsync_OpenWatchAndStream_EndsWithoutWaitingForTheTimeout()
    {
        await using var server = await TestServer.StartAsync("--Shutdown:Timeout=10m");
        using var watch = new Grpc.Health.V1.Health.HealthClient(server.Channel).Watch(new(), cancellationToken: Cancellation);
        Assert.Equal(Status.Serving, await NextAsync(watch));
        using var stream = server.Client.ClassifyStream(cancellationToken: Cancellation);

        await server.App.StopAsync(Cancellation);

        Assert.True(server.App.Lifetime.ApplicationStopped.IsCancellationRequested);
    }

    [Fact]
    public async Task StopAsync_CallInFlightAfterTheDrainDelay_ListensUntilItIsAnswered()
    {
        // The server's clock stands still while the test looks, however slow the machine is.
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Services.AddSingleton<TimeProvider>(time),
            "--Pipeline:Concurrency=1", "--Shutdown:DrainDelay=10s", "--Shutdown:Timeout=10m");
        var slots = server.App.Services.GetRequiredService<SlowWork>().Small;
        Assert.True(slots.EnterAsync(new(DateTime.MaxValue, Cancellation)).IsCompletedSuccessfully);
        var call = server.Client.ClassifyAsync(new() { Image = Pictures.Stripe(1) }, cancellationToken: Cancellation);
        await Eventually.TrueAsync(() => slots.Waiting == 1);
        var ending = server.App.Services.GetRequiredService<ServerLifecycle>().Ending;

        var stopping = server.App.StopAsync(Cancellation);
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return ending.IsCancellationRequested;
        });

        try
        {
            Assert.Equal("alive", await server.Http.GetStringAsync("/livez", Cancellation));
        }
        finally
        {
            // A call that keeps its slot would hold the stopping server for ten minutes.
            slots.Exit();
        }
        Assert.Equal("b", (await call).Predictions[0].Label);
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return stopping.IsCompleted;
        });
        await stopping;
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(
        models =>
        {
            new TinyOnnx().Write(Path.Combine(models, "tiny", "1"));
            Directory.CreateDirectory(Path.Combine(models, "tiny", "2"));
            File.WriteAllText(Path.Combine(models, "tiny", "2", "model.onnx"), "no model");
            Directory.CreateDirectory(Path.Combine(models, "broken", "1"));
            File.WriteAllText(Path.Combine(models, "broken", "1", "model.onnx"), "no model");
        },
        "--Models:Aliases:tiny:stable=1");

    private static async Task<Status> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        return watch.ResponseStream.Current.Status;
    }

    private static async Task AssertReadyAsync(TestServer server, bool expected)
    {
        var status = expected ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable;
        var health = new Grpc.Health.V1.Health.HealthClient(server.Channel);
        var triton = new global::Inference.GRPCInferenceService.GRPCInferenceServiceClient(server.Channel);
        using var answer = await server.Http.GetAsync("/v2/health/ready", Cancellation);

        Assert.Equal(status, await GetAsync(server, "/readyz"));
        Assert.Equal(expected, answer.IsSuccessStatusCode);
        Assert.Equal(expected, (await triton.ServerReadyAsync(new(), cancellationToken: Cancellation)).Ready);
        Assert.Equal(
            expected ? Status.Serving : Status.NotServing, (await health.CheckAsync(new(), cancellationToken: Cancellation)).Status);
    }

    private static async Task<HttpStatusCode> GetAsync(TestServer server, string path)
    {
        using var response = await server.Http.GetAsync(path, Cancellation);
        return response.StatusCode;
    }
}
