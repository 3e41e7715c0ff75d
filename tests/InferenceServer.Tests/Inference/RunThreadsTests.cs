using LeNetServe.InferenceServer.Inference;

namespace LeNetServe.InferenceServer.Tests.Inference;

public sealed class RunThreadsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Await_MuchWork_RunsOnNoMoreThreadsThanThereMayBe()
    {
        using var threads = new RunThreads(3);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<int, bool>();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(async _ =>
        {
            await Task.Yield();
            await threads;
            Assert.Equal("Run", Thread.CurrentThread.Name);
            seen[Environment.CurrentManagedThreadId] = true;
            await RunThreads.LeaveAsync();
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
        })).WaitAsync(Cancellation);

        Assert.InRange(seen.Count, 1, 3);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 19)]
    public async Task Await_ThreadsThatYield_HaveTheLowestPriority(bool yields, int more)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "priorities of threads are Linux's");
        using var threads = new RunThreads(1, yields);
        var own = Niceness();

        await threads;
        var niceness = Niceness();
        await RunThreads.LeaveAsync();

        Assert.Equal(Math.Min(19, own + more), niceness);

        // Fields after the name, which is in parentheses, begin with the third of "man proc".
        static int Niceness() => int.Parse(
            File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[16],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Add_AfterTheThreadsHaveEnded_IsDoneNevertheless()
    {
        var threads = new RunThreads(1);
        var first = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource<Thread>();
        threads.Add(() => first.SetResult(Thread.CurrentThread));
        var thread = await first.Task.WaitAsync(Cancellation);
        threads.Dispose();
        thread.Join();

        threads.Add(() => second.SetResult(Thread.CurrentThread));

        await Eventually.TrueAsync(() => second.Task.IsCompleted);
    }

    [Fact]
    public async Task Await_OneThreadIsBlocked_TheOthersGoOn()
    {
        using var threads = new RunThreads(2);
        using var free = new ManualResetEventSlim();
        var blocked = OnThreadAsync(() => free.Wait(Cancellation));

        for (var index = 0; index < 10; index++)
            await OnThreadAsync(() => { }).WaitAsync(Cancellation);

        Assert.False(blocked.IsCompleted);
        free.Set();
        await blocked.WaitAsync(Cancellation);

        async Task OnThreadAsync(Action work)
        {
            await threads;
            work();
            await RunThreads.LeaveAsync();
        }
    }
}
