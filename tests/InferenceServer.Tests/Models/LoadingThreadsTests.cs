using System.Collections.Concurrent;
using LeNetServe.InferenceServer.Models;

namespace LeNetServe.InferenceServer.Tests.Models;

public sealed class LoadingThreadsTests
{
    [Fact]
    public async Task ForEachAsync_ManyItems_EachOnceAndNotInTheThreadPool()
    {
        var seen = new ConcurrentBag<int>();

        await LoadingThreads.ForEachAsync(Enumerable.Range(0, 100).ToArray(), item =>
        {
            Assert.False(Thread.CurrentThread.IsThreadPoolThread);
            seen.Add(item);
        }, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 100), seen.Order());
    }

    [Fact]
    public async Task ForEachAsync_OneFails_IsTheTasksFailure() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            LoadingThreads.ForEachAsync([1], _ => throw new InvalidOperationException(), CancellationToken.None));

    [Fact]
    public async Task ForEachAsync_Canceled_BeginsNoMore()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Assert.ThrowsAsync<TaskCanceledException>(() => LoadingThreads.ForEachAsync([1], _ => Assert.Fail("began"), gone.Token));
    }

    [Fact]
    public async Task Within_WorkHangs_TimesOutAndTheLateResultIsGivenAway()
    {
        using var free = new ManualResetEventSlim();
        Task<int>? late = null;

        Assert.Throws<TimeoutException>(() => LoadingThreads.Within(TimeSpan.FromMilliseconds(1), () =>
        {
            free.Wait(TestContext.Current.CancellationToken);
            return 7;
        }, work => late = work));

        free.Set();
        Assert.Equal(7, await late!);
    }

    [Fact]
    public void Within_WorkFails_IsItsOwnException() =>
        Assert.Throws<FormatException>(() => LoadingThreads.Within<int>(TimeSpan.FromMinutes(1), () => throw new FormatException()));
}
