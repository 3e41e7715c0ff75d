using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The way of requests to a model.</summary>
internal sealed record PipelineOptions
{
    /// <summary>
    /// Pictures, large batches and slow models that are worked on at once. More than the cores makes each slower and none faster.
    /// </summary>
    public int Concurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>Requests that wait for a slot; one more is rejected at once. A longer queue trades rejections for latency.</summary>
    public int QueueLength { get; init; } = 512;

    /// <summary>
    /// The largest number of images of different calls in one run on a CPU. An image in a batch of 16 takes two thirds of the time, and
    /// larger batches gain little. 1: each call runs alone.
    /// </summary>
    public int MaxBatch { get; init; } = 16;

    /// <summary>The largest number of images of different calls in one run on a CUDA device.</summary>
    public int MaxDeviceBatch { get; init; } = 64;

    /// <summary>Threads inside one run, see <see cref="LeNetServe.Runtime.Models.ModelOptions.IntraOpThreads"/>.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>The switch of Explain. Its first call opens a second session of its model.</summary>
    public Switch Explain { get; init; }

    public static PipelineOptions Read(SettingsReader reader)
    {
        const string Gone = "calls that are there together run together, and a call that is alone runs at once";
        var defaults = new PipelineOptions();
        reader.Removed("Pipeline:Batching", Gone);
        reader.Removed("Pipeline:MaxQueueDelay", Gone);
        return new()
        {
            Concurrency = reader.Integer(
                "Pipeline:Concurrency",
                defaults.Concurrency,
                1,
                4096,
                "Pictures, large batches and slow models worked on at once",
                "one for each core"),
            QueueLength = reader.Integer(
                "Pipeline:QueueLength", defaults.QueueLength, 0, 1 << 20, "Requests that wait for a slot; one more is rejected at once"),
            MaxBatch = reader.Integer(
                "Pipeline:MaxBatch", defaults.MaxBatch, 1, 4096, "Most images of different calls in one run on a CPU"),
            MaxDeviceBatch = reader.Integer(
                "Pipeline:MaxDeviceBatch", defaults.MaxDeviceBatch, 1, 4096, "Most images of different calls in one run on a CUDA device"),
            Explain = reader.Choice(
                "Explain", defaults.Explain, "Calls of Explain: the values of layers, and the parts of an image that speak for a class"),
            IntraOpThreads = reader.Integer("Pipeline:IntraOpThreads", defaults.IntraOpThreads, 1, 1024, "Threads inside one run"),
        };
    }
}
