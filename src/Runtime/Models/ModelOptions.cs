using LeNetServe.Runtime.Devices;

namespace LeNetServe.Runtime.Models;

/// <summary>Options of opening a model.</summary>
public sealed record ModelOptions
{
    /// <summary>Gets the device that runs the model.</summary>
    public Device Device { get; init; } = Device.Auto;

    /// <summary>
    /// Gets the number of threads inside one run. More than 1 makes a single caller of a large model faster and concurrent callers slower,
    /// because each caller already has a thread.
    /// </summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>
    /// Gets the largest number of images in one native run. Larger batches are split. On a CPU, LeNet-5 takes 23 µs for 1 image, 15 µs per
    /// image in a run of 16, and more from 32 on. Null means 16 on the CPU and 256 on CUDA.
    /// </summary>
    public int? MaxRunBatch { get; init; }
}
