using LeNetServe.InferenceServer.Api.Classify;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

public sealed class StreamAnswersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteOutstandingAsync_NextAnswerIsNotThereYet_HoldsNothingBack()
    {
        var call = new FakeCall<string, string>([]);
        var answers = new StreamAnswers<string>(call, 3);
        var (first, second, third) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        foreach (var answer in new[] { first, second, third })
            await answers.AddAsync(answer.Task, false, Cancellation);
        answers.Complete();
        var writing = answers.WriteOutstandingAsync(Cancellation);

        first.SetResult("first");
        await Eventually.TrueAsync(() => call.Written.Count == 1);
        third.SetResult("third");
        second.SetResult("second");
        await writing.WaitAsync(Cancellation);

        Assert.Equal([("first", false), ("second", true), ("third", false)], call.Written);
    }
}
