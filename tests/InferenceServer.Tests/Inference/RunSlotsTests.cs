using System.Runtime.CompilerServices;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Inference;

public sealed class RunSlotsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnterAsync_QueueFull_IsRefusedAtOnceWithPushBack()
    {
        var slots = new RunSlots(1, 2);
        Assert.True(slots.TryEnter());
        var waiting = new[] { slots.EnterAsync(false, DateTime.MaxValue, Cancellation).AsTask(), slots.EnterAsync(false, DateTime.MaxValue, Cancellation).AsTask() };

        var refused = slots.EnterAsync(false, DateTime.MaxValue, Cancellation).AsTask();

        Assert.True(refused.IsFaulted);
        var exception = await Assert.ThrowsAsync<InferenceException>(() => refused);
        Assert.Equal(InferenceErrorKind.Overloaded, exception.Kind);
        Assert.True(exception.RetryAfter > TimeSpan.Zero);
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
    }

    [Fact]
    public async Task Exit_SeveralWait_FirstComeFirstServed()
    {
        var slots = new RunSlots(1, 10);
        Assert.True(slots.TryEnter());
        var order = new List<int>();
        var waiting = Enumerable.Range(0, 5).Select(index => RunAsync(index)).ToArray();

        slots.ExitQuick();
        await Task.WhenAll(waiting);

        Assert.Equal([0, 1, 2, 3, 4], order);
        Assert.Equal(0, slots.Busy);
        Assert.Equal(0, slots.Waiting);

        async Task RunAsync(int index)
        {
            await slots.EnterAsync(false, DateTime.MaxValue, Cancellation).AsTask();
            order.Add(index);
            slots.Exit();
        }
    }

    [Fact]
    public async Task TryEnter_OthersWait_DoesNotPushIn()
    {
        var slots = new RunSlots(1, 10);
        Assert.True(slots.TryEnter());
        var waiting = slots.EnterAsync(false, DateTime.MaxValue, Cancellation).AsTask();

        Assert.False(slots.TryEnter());
        slots.ExitQuick();

        Assert.False(slots.TryEnter());
        await waiting;
        Assert.Equal(1, slots.Busy);
    }

    [Fact]
    public async Task EnterAsync_Cancelled_LeavesTheQueueAndNoPlaceIsLost()
    {
        var slots = new RunSlots(1, 1);
        Assert.True(slots.TryEnter());
        using var gone = new CancellationTokenSource();
        var waiting = slots.EnterAsync(false, DateTime.MaxValue, gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, slots.Waiting);
        slots.ExitQuick();
        Assert.Equal(0, slots.Busy);
        Assert.True(slots.TryEnter());
    }

    [Fact]
    public async Task EnterAsync_Patient_WaitsBehindAFullQueue()
    {
        var slots = new RunSlots(1, 0);
        Assert.True(slots.TryEnter());

        var patient = slots.EnterAsync(true, DateTime.MaxValue, Cancellation).AsTask();

        Assert.False(patient.IsCompleted);
        slots.ExitQuick();
        await patient;
    }

    [Fact]
    public async Task EnterAsync_ManyPatientWait_TheQueueIsStillFreeForTheOthers()
    {
        var slots = new RunSlots(1, 1);
        Assert.True(slots.TryEnter());
        using var gone = new CancellationTokenSource();
        var patient = Enumerable.Range(0, 5).Select(_ => slots.EnterAsync(true, DateTime.MaxValue, Cancellation).AsTask()).ToArray();

        var first = slots.EnterAsync(false, DateTime.MaxValue, gone.Token).AsTask();
        Assert.False(first.IsCompleted);
        Assert.True(slots.EnterAsync(false, DateTime.MaxValue, Cancellation).AsTask().IsFaulted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = slots.EnterAsync(false, DateTime.MaxValue, Cancellation).AsTask();

        Assert.False(second.IsFaulted);
        Assert.Equal(6, slots.Waiting);
        for (var i = 0; i < 6; i++)
            slots.Exit();
        await Task.WhenAll([.. patient, second]);
    }

    [Fact]
    public async Task EnterAndExit_ManyCallersSomeCancelled_NeverMoreThanThePlaces()
    {
        var slots = new RunSlots(3, 10_000);
        var (inside, most) = (0, 0);
        await Parallel.ForAsync(0, 5_000, Cancellation, async (index, _) =>
        {
            using var gone = new CancellationTokenSource();
            var entering = slots.EnterAsync(false, DateTime.MaxValue, gone.Token).AsTask();
            if (index % 7 == 0)
                await gone.CancelAsync();
            try
            {
                await entering;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            slots.Exit();
        });

        Assert.InRange(most, 1, 3);
        Assert.Equal(0, slots.Busy);
        Assert.Equal(0, slots.Waiting);
    }

    [Fact]
    public async Task EnterAsync_DeadlinePasses_GivesUpAndLeavesTheOthers()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var slots = new RunSlots(1, 10, time);
        Assert.True(slots.TryEnter());
        DateTime After(int seconds) => time.GetUtcNow().UtcDateTime.AddSeconds(seconds);
        var late = slots.EnterAsync(false, After(30), Cancellation).AsTask();
        var early = slots.EnterAsync(false, After(10), Cancellation).AsTask();
        var never = slots.EnterAsync(false, DateTime.MaxValue, Cancellation).AsTask();

        time.Advance(TimeSpan.FromSeconds(11));
        var exception = await Assert.ThrowsAsync<InferenceException>(() => early.WaitAsync(Cancellation));
        Assert.Equal((InferenceErrorKind.DeadlineExceeded, 2), (exception.Kind, slots.Waiting));
        time.Advance(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<InferenceException>(() => late.WaitAsync(Cancellation));

        slots.ExitQuick();
        await never.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task EnterAsync_WithThreads_GoesOnOnOneOfThem()
    {
        var slots = new RunSlots(1, 10);
        using var threads = new RunThreads(1);
        Assert.True(slots.TryEnter());
        var name = NameAsync();

        slots.ExitQuick();

        Assert.Equal("Run", await name.WaitAsync(Cancellation));

        async Task<string?> NameAsync()
        {
            await slots.EnterAsync(false, DateTime.MaxValue, Cancellation, threads);
            return Thread.CurrentThread.Name;
        }
    }

    [Fact]
    public void EnterAsync_SomeWaitedBefore_AllocatesNothing()
    {
        const int Waits = 1_000;
        var slots = new RunSlots(1, 10);
        Assert.True(slots.TryEnter());
        void Wait()
        {
            var wait = slots.EnterAsync(false, DateTime.MaxValue, CancellationToken.None);
            Assert.False(wait.IsCompleted);
            slots.Exit();
            wait.GetAwaiter().GetResult();
        }

        Wait();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < Waits; index++)
            Wait();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EnterAsync_WaitIsOver_KeepsNothingOfTheCallerAlive(bool isCancelled)
    {
        using var slots = new RunSlots(1, 10);

        var caller = WaitFor(slots, isCancelled);
        GC.Collect();

        Assert.False(caller.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference WaitFor(RunSlots slots, bool isCancelled)
    {
        var gone = new CancellationTokenSource();
        Assert.True(slots.TryEnter());
        var wait = slots.EnterAsync(false, DateTime.MaxValue, gone.Token);
        if (isCancelled)
            gone.Cancel();
        slots.ExitQuick();
        if (isCancelled)
            Assert.ThrowsAny<OperationCanceledException>(() => End(wait));
        else
            End(wait);
        return new(gone);
    }

    private static void End(ValueTask wait)
    {
        Assert.True(wait.IsCompleted);
        wait.GetAwaiter().GetResult();
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
            seen = Interlocked.CompareExchange(ref target, value, seen) is var before && before == seen ? value : before;
    }
}
