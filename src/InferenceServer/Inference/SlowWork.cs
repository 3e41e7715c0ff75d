namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// The slots and threads for work that takes a while, so that quick calls never wait behind it. Large work has slots and a queue of its
/// own: a small picture never waits behind large ones.
/// </summary>
internal sealed class SlowWork(PipelineOptions options, TimeProvider time) : IDisposable
{
    private const long LargePixels = 1 << 20;
    private const int LargeCount = 32;

    private readonly RunThreads smallThreads = new(options.Concurrency);

    // Beside strangers with large pictures, the p99 of quick calls was 16 times its value without strangers. With threads that yield, it is
    // 2.1 times (benchmarks/Serving, soak, one core that is half busy).
    private readonly RunThreads largeThreads = new((options.Concurrency + 1) / 2, yields: true);

    /// <summary>Gets the slots for single pictures and slow models.</summary>
    public Admission Small { get; } = new(options.Concurrency, options.QueueLength, time);

    /// <summary>Gets the slots for pictures of more than a megapixel, and for batches of more than 32 images.</summary>
    public Admission Large { get; } = new((options.Concurrency + 1) / 2, options.QueueLength, time);

    /// <summary>Gets the slots for a request.</summary>
    /// <param name="pixels">The pixels of the request's pictures.</param>
    /// <param name="images">The number of the request's images.</param>
    public Admission AdmissionOf(long pixels, int images) => pixels > LargePixels || images > LargeCount ? Large : Small;

    /// <summary>Gets the threads for a request with a slot.</summary>
    public RunThreads ThreadsOf(Admission admission) => admission == Large ? largeThreads : smallThreads;

    public void Dispose()
    {
        Small.Dispose();
        Large.Dispose();
        smallThreads.Dispose();
        largeThreads.Dispose();
    }
}
