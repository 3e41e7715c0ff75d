using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Inference;

public sealed class AdmissionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Caller Anyone => new(DateTime.MaxValue, Cancellation);

    private static Caller Patient => Anyone with { Patient = true };

    [Fact]
    public async Task EnterAsync_QueueFull_IsRejectedAtOnceWithPushBack()
    {
        using var admission = Taken(1, 2);
        var waiting = new[] { admission.EnterAsync(Anyone), admission.EnterAsync(Anyone) };

        var rejected = admission.EnterAsync(Anyone);

        Assert.True(rejected.IsFaulted);
        var exception = await Assert.ThrowsAsync<InferenceException>(() => rejected);
        Assert.Equal(InferenceErrorKind.Overloaded, exception.Kind);
        Assert.True(exception.RetryAfter > TimeSpan.Zero);
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
    }

    [Fact]
    public async Task Exit_SeveralWait_FirstComeFirstServed()
    {
        using var admission = Taken(1, 10);
        var order = new List<int>();
        var waiting = Enumerable.Range(0, 5).Select(RunAsync).ToArray();

        admission.Exit();
        await Task.WhenAll(waiting);

        Assert.Equal([0, 1, 2, 3, 4], order);
        Assert.Equal((0, 0), (admission.Busy, admission.Waiting));

        async Task RunAsync(int index)
        {
            await admission.EnterAsync(Anyone);
            order.Add(index);
            admission.Exit();
        }
    }

    [Fact]
    public async Task EnterAsync_OthersWait_DoesNotOvertakeThem()
    {
        using var admission = Taken(1, 10);
        var first = admission.EnterAsync(Anyone);
        var second = admission.EnterAsync(Anyone);

        admission.Exit();
        await first;

        Assert.False(second.IsCompleted);
        Assert.Equal(1, admission.Busy);
        admission.Exit();
        await second;
    }

    [Fact]
    public async Task EnterAsync_Canceled_LeavesTheQueueAndNoSlotIsLost()
    {
        using var admission = Taken(1, 1);
        using var gone = new CancellationTokenSource();
        var waiting = admission.EnterAsync(Anyone with { Gone = gone.Token });

        await gone.CancelAsync();

        Assert.Equal(InferenceErrorKind.Cancelled, (await Assert.ThrowsAsync<InferenceException>(() => waiting)).Kind);
        Assert.Equal(0, admission.Waiting);
        admission.Exit();
        Assert.Equal(0, admission.Busy);
        Assert.True(admission.EnterAsync(Anyone).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task EnterAsync_Patient_WaitsBehindAFullQueue()
    {
        using var admission = Taken(1, 0);

        var patient = admission.EnterAsync(Patient);

        Assert.False(patient.IsCompleted);
        admission.Exit();
        await patient;
    }

    [Fact]
    public async Task EnterAsync_ManyPatientWait_TheQueueIsStillFreeForTheOthers()
    {
        using var admission = Taken(1, 1);
        using var gone = new CancellationTokenSource();
        var patient = Enumerable.Range(0, 5).Select(_ => admission.EnterAsync(Patient)).ToArray();

        var first = admission.EnterAsync(Anyone with { Gone = gone.Token });
        Assert.False(first.IsCompleted);
        Assert.True(admission.EnterAsync(Anyone).IsFaulted);
        await gone.CancelAsync();
        await Assert.ThrowsAsync<InferenceException>(() => first);
        var second = admission.EnterAsync(Anyone);

        Assert.False(second.IsFaulted);
        Assert.Equal(6, admission.Waiting);
        foreach (var waiting in patient.Append(second))
        {
            admission.Exit();
            await waiting;
        }
    }

    [Fact]
    public async Task EnterAndExit_ManyCallersSomeCanceled_NeverMoreThanTheSlots()
    {
        using var admission = new Admission(3, 10_000, TimeProvider.System);
        var inside = 0;
        var most = 0;
        await Parallel.ForAsync(0, 5_000, Cancellation, async (index, _) =>
        {
            using var gone = new CancellationTokenSource();
            var entering = admission.EnterAsync(Anyone with { Gone = gone.Token });
            if (index % 7 == 0)
                await gone.CancelAsync();
            try
            {
                await entering;
            }
            catch (InferenceException)
            {
                return;
            }
            InterlockedMax(ref most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            admission.Exit();
        });

        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (admission.Busy, admission.Waiting));
    }

    [Fact]
    public async Task EnterAsync_DeadlinePasses_GivesUpAndLeavesTheOthers()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var admission = Taken(1, 10, time);
        Caller After(int seconds) => new(time.GetUtcNow().UtcDateTime.AddSeconds(seconds), Cancellation);
        var late = admission.EnterAsync(After(30));
        var early = admission.EnterAsync(After(10));
        var never = admission.EnterAsync(Anyone);

        time.Advance(TimeSpan.FromSeconds(11));
        var exception = await Assert.ThrowsAsync<InferenceException>(() => early.WaitAsync(Cancellation));
        Assert.Equal((InferenceErrorKind.DeadlineExceeded, 2), (exception.Kind, admission.Waiting));
        time.Advance(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<InferenceException>(() => late.WaitAsync(Cancellation));

        admission.Exit();
        await never.WaitAsync(Cancellation);
    }

    private static Admission Taken(int slots, int queueLength, TimeProvider? time = null)
    {
        var admission = new Admission(slots, queueLength, time ?? TimeProvider.System);
        Assert.True(admission.EnterAsync(Anyone).IsCompletedSuccessfully);
        return admission;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (seen < value)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
