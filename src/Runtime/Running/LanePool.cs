namespace LeNetServe.Runtime.Running;

/// <summary>Lanes at rest. Holds as many as there are concurrent callers, up to a bound; renting and returning allocate nothing once they exist.</summary>
internal sealed class LanePool(Func<Lane> create) : IDisposable
{
    private readonly Lane?[] resting = new Lane?[2 * Environment.ProcessorCount];
    private volatile bool disposed;

    public Lane Rent()
    {
        for (var index = 0; index < resting.Length; index++)
            if (resting[index] is not null && Interlocked.Exchange(ref resting[index], null) is { } lane)
                return lane;
        return create();
    }

    public void Return(Lane lane)
    {
        if (!disposed)
            for (var index = 0; index < resting.Length; index++)
                if (resting[index] is null && Interlocked.CompareExchange(ref resting[index], lane, null) is null)
                    return;
        lane.Dispose();
    }

    public void Dispose()
    {
        disposed = true;
        for (var index = 0; index < resting.Length; index++)
            Interlocked.Exchange(ref resting[index], null)?.Dispose();
    }
}
