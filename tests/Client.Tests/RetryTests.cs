using System.Diagnostics;
using Grpc.Core;
using LeNetServe.Client.Tests.Fakes;

namespace LeNetServe.Client.Tests;

public sealed class RetryTests
{
    private static readonly byte[] Seven = [7];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.ResourceExhausted)]
    public async Task ClassifyAsync_TransientTwice_SucceedsAtTheThirdTry(StatusCode status)
    {
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = (call, _) => call < 3 ? throw new RpcException(new Status(status, "busy")) : Task.CompletedTask,
        });
        using var client = Client(server);

        var answer = await client.ClassifyAsync(Seven, cancellationToken: Token);

        Assert.Equal((7, 3), (answer.Best.Index, server.Classifier.Calls));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClassifyAsync_ALargeImageAndUnavailableOnce_IsSentAgain(bool hedging)
    {
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = (call, _) => call == 1 ? throw new RpcException(new Status(StatusCode.Unavailable, "away")) : Task.CompletedTask,
        });
        using var client = new LeNetServeClient(new LeNetServeClientOptions
        {
            Urls = { server.Url },
            InitialBackoff = TimeSpan.FromMilliseconds(1),
            Hedging = hedging ? new HedgingOptions() : null,
        });
        var image = new byte[2 << 20];
        image[0] = 7;

        var answer = await client.ClassifyAsync(image, cancellationToken: Token);

        Assert.Equal((7, 2), (answer.Best.Index, server.Classifier.Calls));
    }

    [Fact]
    public async Task ClassifyAsync_AlwaysFull_FailsAsOverloadedAfterAllTries()
    {
        await using var server = await FakeServer.Start(
            new FakeClassifier { Before = (_, _) => throw new RpcException(new Status(StatusCode.ResourceExhausted, "full")) });
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => client.ClassifyAsync(Seven, cancellationToken: Token));

        Assert.Equal((LeNetServeErrorKind.Overloaded, 4), (error.Kind, server.Classifier.Calls));
    }

    [Fact]
    public async Task ClassifyAsync_PushbackThatForbids_IsNotRetried()
    {
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = (_, _) => throw new RpcException(
                new Status(StatusCode.ResourceExhausted, "full"), new Metadata { { "grpc-retry-pushback-ms", "-1" } }),
        });
        using var client = Client(server);

        await Assert.ThrowsAsync<LeNetServeException>(() => client.ClassifyAsync(Seven, cancellationToken: Token));

        Assert.Equal(1, server.Classifier.Calls);
    }

    [Fact]
    public async Task ClassifyAsync_PushbackWithAWait_WaitsAtLeastThatLong()
    {
        long refusedAt = 0, answeredAt = 0;
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = (call, _) =>
            {
                if (call > 1)
                {
                    answeredAt = Stopwatch.GetTimestamp();
                    return Task.CompletedTask;
                }
                refusedAt = Stopwatch.GetTimestamp();
                throw new RpcException(
                    new Status(StatusCode.ResourceExhausted, "full"), new Metadata { { "grpc-retry-pushback-ms", "200" } });
            },
        });
        using var client = Client(server);

        await client.ClassifyAsync(Seven, cancellationToken: Token);

        // Backoff alone would be 1 ms. The lower bound holds on a machine of any speed.
        Assert.True(Stopwatch.GetElapsedTime(refusedAt, answeredAt) >= TimeSpan.FromMilliseconds(190));
    }

    [Fact]
    public async Task ClassifyAsync_Hedging_TheSecondRequestAnswersForAFirstThatHangs()
    {
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = (call, context) => call == 1 ? Task.Delay(Timeout.Infinite, context.CancellationToken) : Task.CompletedTask,
        });
        using var client = new LeNetServeClient(new LeNetServeClientOptions
        {
            Urls = { server.Url },
            Hedging = new HedgingOptions { Delay = TimeSpan.FromMilliseconds(20) },
        });

        var answer = await client.ClassifyAsync(Seven, cancellationToken: Token);

        Assert.Equal((7, 2), (answer.Best.Index, server.Classifier.Calls));
    }

    private static LeNetServeClient Client(FakeServer server)
    {
        var soon = TimeSpan.FromMilliseconds(1);
        return new(new LeNetServeClientOptions { Urls = { server.Url }, InitialBackoff = soon, MaxBackoff = soon });
    }
}
