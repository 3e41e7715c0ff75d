namespace LeNetServe.Runtime.Running;

/// <summary>
/// The free run buffers of a model. Keeps as many as there are concurrent callers, up to a bound. Renting and returning existing buffers
/// allocates nothing.
/// </summary>
internal sealed class RunBufferPool(Func<RunBuffers> create) : IDisposable
{
    private readonly RunBuffers?[] free = new RunBuffers?[2 * Environment.ProcessorCount];
    private volatile bool disposed;

    public RunBuffers Rent()
    {
        for (var index = 0; index < free.Length; index++)
            if (free[index] is not null && Interlocked.Exchange(ref free[index], null) is { } buffers)
                return buffers;
        return create();
    }

    public void Return(RunBuffers buffers)
    {
        if (!disposed)
            for (var index = 0; index < free.Length; index++)
                if (free[index] is null && Interlocked.CompareExchange(ref free[index], buffers, null) is null)
                    return;
        buffers.Dispose();
    }

    public void Dispose()
    {
        disposed = true;
        for (var index = 0; index < free.Length; index++)
            Interlocked.Exchange(ref free[index], null)?.Dispose();
    }
}
