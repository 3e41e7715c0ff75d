using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api;
using LeNetServe.InferenceServer.Tests.Api.Classify;

namespace LeNetServe.InferenceServer.Tests.Api;

public sealed class StreamAnswersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_NextAnswerIsNotThereYet_HoldsNothingBack()
    {
        var call = new FakeCall<string, string>([]);
        var answers = new StreamAnswers<string>(call, 3);
        TaskCompletionSource<string>[] sources = [new(), new(), new()];
        var running = answers.RunAsync(AddAllAsync, Cancellation, CancellationToken.None);

        sources[0].SetResult("first");
        await Eventually.TrueAsync(() => call.Written.Count == 1);
        sources[2].SetResult("third");
        sources[1].SetResult("second");
        await running.WaitAsync(Cancellation);

        Assert.Equal([("first", false), ("second", true), ("third", false)], call.Written);

        async Task AddAllAsync(CancellationToken end)
        {
            foreach (var source in sources)
                await answers.AddAsync(source.Task, false, Cancellation);
        }
    }

    [Fact]
    public async Task RunAsync_ServerStops_WritesWhatWasReadAndIsUnavailable()
    {
        using var ending = new CancellationTokenSource();
        var call = new FakeCall<string, string>([]);
        var answers = new StreamAnswers<string>(call, 3);
        var source = new TaskCompletionSource<string>();
        var running = answers.RunAsync(AddAndWaitAsync, Cancellation, ending.Token);

        await ending.CancelAsync();
        source.SetResult("first");

        var exception = await Assert.ThrowsAsync<RpcException>(() => running.WaitAsync(Cancellation));
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.Equal([("first", false)], call.Written);

        async Task AddAndWaitAsync(CancellationToken end)
        {
            await answers.AddAsync(source.Task, false, Cancellation);
            await Task.Delay(Timeout.Infinite, end);
        }
    }

    [Fact]
    public async Task RunAsync_ReaderFails_FailsWithItsException()
    {
        var answers = new StreamAnswers<string>(new FakeCall<string, string>([]), 3);

        await Assert.ThrowsAsync<InvalidDataException>(
            () => answers.RunAsync(_ => throw new InvalidDataException(), Cancellation, CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_WriteFailsWhileAnswersAreOutstanding_ConnectionIsNotInUse()
    {
        var place = new ConnectionPlace(null!, new("client"), TimeProvider.System);
        var call = new FakeCall<string, string>([]) { Writing = Task.FromException(new IOException()) };
        var answers = new StreamAnswers<string>(call, 3, place);
        TaskCompletionSource<string>[] sources = [new(), new()];
        var running = answers.RunAsync(AddAllAsync, Cancellation, CancellationToken.None);
        Assert.True(place.IsInUse);

        sources[0].SetResult("first");

        await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Cancellation));
        Assert.False(place.IsInUse);

        async Task AddAllAsync(CancellationToken end)
        {
            foreach (var source in sources)
                await answers.AddAsync(source.Task, false, Cancellation);
        }
    }
}
