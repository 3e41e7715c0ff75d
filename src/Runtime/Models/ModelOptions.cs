using LeNetServe.Runtime.Devices;

namespace LeNetServe.Runtime.Models;

/// <summary>How a model is opened.</summary>
public sealed record ModelOptions
{
    /// <summary>Where it runs.</summary>
    public Device Device { get; init; } = Device.Auto;

    /// <summary>
    /// Threads inside one run. More than 1 makes a lone caller of a large model faster and concurrent callers slower: each already has a thread.
    /// </summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>
    /// Images in one native run; larger batches are cut into runs of this size. LeNet-5 on a CPU takes 23 µs at 1 image, 15 µs an image at 16, and
    /// more from 32 on. Null: 16 on the CPU, 256 on CUDA.
    /// </summary>
    public int? MaxRunBatch { get; init; }
}
