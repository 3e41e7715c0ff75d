using LeNetServe.InferenceServer.Pipeline;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Tests.Pipeline;

public sealed class RunSlotsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnterAsync_QueueFull_IsRefusedAtOnceWithPushBack()
    {
        var slots = new RunSlots(1, 2);
        Assert.True(slots.TryEnter());
        var waiting = new[] { slots.EnterAsync(false, Cancellation), slots.EnterAsync(false, Cancellation) };

        var refused = slots.EnterAsync(false, Cancellation);

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

        slots.Exit();
        await Task.WhenAll(waiting);

        Assert.Equal([0, 1, 2, 3, 4], order);
        Assert.Equal(0, slots.Busy);
        Assert.Equal(0, slots.Waiting);

        async Task RunAsync(int index)
        {
            await slots.EnterAsync(false, Cancellation);
            order.Add(index);
            slots.Exit();
        }
    }

    [Fact]
    public async Task EnterAsync_Cancelled_LeavesTheQueueAndNoPlaceIsLost()
    {
        var slots = new RunSlots(1, 1);
        Assert.True(slots.TryEnter());
        using var gone = new CancellationTokenSource();
        var waiting = slots.EnterAsync(false, gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, slots.Waiting);
        slots.Exit();
        Assert.Equal(0, slots.Busy);
        Assert.True(slots.TryEnter());
    }

    [Fact]
    public async Task EnterAsync_Patient_WaitsBehindAFullQueue()
    {
        var slots = new RunSlots(1, 0);
        Assert.True(slots.TryEnter());

        var patient = slots.EnterAsync(true, Cancellation);

        Assert.False(patient.IsCompleted);
        slots.Exit();
        await patient;
    }

    [Fact]
    public async Task EnterAsync_ManyPatientWait_TheQueueIsStillFreeForTheOthers()
    {
        var slots = new RunSlots(1, 1);
        Assert.True(slots.TryEnter());
        using var gone = new CancellationTokenSource();
        var patient = Enumerable.Range(0, 5).Select(_ => slots.EnterAsync(true, Cancellation)).ToArray();

        var first = slots.EnterAsync(false, gone.Token);
        Assert.False(first.IsCompleted);
        Assert.True(slots.EnterAsync(false, Cancellation).IsFaulted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = slots.EnterAsync(false, Cancellation);

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
            var entering = slots.EnterAsync(false, gone.Token);
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

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
            seen = Interlocked.CompareExchange(ref target, value, seen) is var before && before == seen ? value : before;
    }
}
