using System.Runtime.CompilerServices;
using Grpc.Core;
using LeNetServe.Client.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.Client.Tests;

public sealed class StreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClassifyStreamAsync_ManyImages_AnswersInTheirOrder()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);

        var outcomes = new List<ImageOutcome>();
        await foreach (var outcome in client.ClassifyStreamAsync(Images(500, cancellationToken: Token), cancellationToken: Token))
            outcomes.Add(outcome);

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), outcomes.Select(outcome => outcome.Id));
        Assert.All(outcomes, (outcome, i) =>
        {
            if (i % 10 == 0)
                Assert.Equal(LeNetServeErrorKind.InvalidInput, outcome.Error!.Kind);
            else
                Assert.Equal(i % 10, outcome.OrThrow().Best.Index);
        });
    }

    [Fact]
    public async Task ClassifyStreamAsync_AServerThatWaits_ReadsNoMoreThanTheWindow()
    {
        var go = new TaskCompletionSource();
        await using var server = await FakeServer.Start(new FakeClassifier { Before = (_, _) => go.Task });
        using var client = new LeNetServeClient(new LeNetServeClientOptions { Urls = { server.Url }, StreamWindow = 8 });
        var read = 0;
        var answered = 0;

        await foreach (var outcome in client.ClassifyStreamAsync(Images(100, OnRead, Token), cancellationToken: Token))
            answered++;

        Assert.Equal(100, answered);

        void OnRead()
        {
            // The client has read the ninth image, which waits for a free place in the window.
            Assert.True(++read - answered <= 8 + 2, $"{read} read, {answered} answered");
            if (read == 9)
                go.SetResult();
        }
    }

    [Fact]
    public async Task ClassifyStreamAsync_AnAnswerThatStaysOut_EndsByTheTimeout()
    {
        var waits = new TaskCompletionSource();
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = (call, context) =>
            {
                if (call < 3)
                    return Task.CompletedTask;
                waits.TrySetResult();
                return Task.Delay(Timeout.Infinite, context.CancellationToken);
            },
        });
        var time = new FakeTimeProvider();
        using var client = new LeNetServeClient(
            new LeNetServeClientOptions { Urls = { server.Url }, Timeout = TimeSpan.FromSeconds(30) }, time: time);
        var answered = 0;

        var error = await Assert.ThrowsAsync<LeNetServeException>(async () =>
        {
            await foreach (var outcome in client.ClassifyStreamAsync(Images(5, cancellationToken: Token), cancellationToken: Token))
            {
                if (++answered < 2)
                    continue;
                await waits.Task.WaitAsync(Token);
                time.Advance(TimeSpan.FromSeconds(29));
                time.Advance(TimeSpan.FromSeconds(1));
            }
        });

        Assert.Equal((LeNetServeErrorKind.DeadlineExceeded, 2), (error.Kind, answered));
    }

    [Fact]
    public async Task ClassifyStreamAsync_TheSourceThrows_ItsExceptionIsThrown()
    {
        await using var server = await FakeServer.Start();
        using var client = new LeNetServeClient(server.Url);
        var read = 0;

        var error = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var outcome in client.ClassifyStreamAsync(
                Images(5, () => _ = ++read == 4 ? throw new InvalidDataException("broken source") : 0, Token), cancellationToken: Token))
            {
            }
        });

        Assert.Equal("broken source", error.Message);
    }

    [Fact]
    public async Task ClassifyStreamAsync_TheServerFails_IsTheTypedException()
    {
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = (call, _) => call < 3 ? Task.CompletedTask : throw new RpcException(new Status(StatusCode.Internal, "broke")),
        });
        using var client = new LeNetServeClient(server.Url);

        var error = await Assert.ThrowsAsync<LeNetServeException>(async () =>
        {
            await foreach (var outcome in client.ClassifyStreamAsync(Images(500, cancellationToken: Token), cancellationToken: Token))
            {
            }
        });

        Assert.Equal((LeNetServeErrorKind.Internal, "broke"), (error.Kind, error.Message));
    }

    [Fact]
    public async Task ClassifyStreamAsync_TheCallerStopsEarly_EndsTheCall()
    {
        var ended = new TaskCompletionSource();
        await using var server = await FakeServer.Start(new FakeClassifier
        {
            Before = (call, context) =>
            {
                if (call == 1)
                    context.CancellationToken.Register(ended.SetResult);
                return Task.CompletedTask;
            },
        });
        using var client = new LeNetServeClient(server.Url);

        await foreach (var outcome in client.ClassifyStreamAsync(Images(int.MaxValue, cancellationToken: Token), cancellationToken: Token))
            break;

        await ended.Task.WaitAsync(Token);
    }

    private static async IAsyncEnumerable<ImageSource> Images(
        int count, Action? onRead = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            onRead?.Invoke();
            yield return ImageSource.Encoded(new byte[] { (byte)(i % 10) }, $"{i}");
        }
    }
}
