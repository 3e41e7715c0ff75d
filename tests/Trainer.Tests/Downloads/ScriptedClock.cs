using System.Collections.Concurrent;

namespace LeNetServe.Trainer.Tests.Downloads;

/// <summary>A clock on which pauses under ten seconds pass at once and longer waits end when the test says so.</summary>
internal sealed class ScriptedClock : TimeProvider
{
    private readonly ConcurrentDictionary<HeldTimer, bool> held = new();

    /// <summary>The short pauses that passed.</summary>
    public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

    /// <summary>Ends every long wait.</summary>
    public void Expire()
    {
        foreach (var timer in held.Keys)
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class HeldTimer(ScriptedClock clock, TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
                return clock.held.TryRemove(this, out _) || true;
            if (dueTime >= TimeSpan.FromSeconds(10))
                return clock.held.TryAdd(this, true) || true;
            clock.Pauses.Enqueue(dueTime);
            return ThreadPool.QueueUserWorkItem(_ => Fire());
        }

        public void Dispose() => clock.held.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
