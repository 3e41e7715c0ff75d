using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>How requests reach a model.</summary>
internal sealed record PipelineOptions
{
    /// <summary>Requests worked on at once. More than the cores makes each slower and none faster.</summary>
    public int Concurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>Requests that wait for a place; one more is refused at once. A longer queue trades refusals for latency.</summary>
    public int QueueLength { get; init; } = 512;

    /// <summary>Whether requests are gathered into batches.</summary>
    public Batching Batching { get; init; } = Batching.Auto;

    /// <summary>Most images in a gathered batch.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>How long a batch that is not full waits for more. 0: an idle device never waits; what gathers while it runs is the next batch.</summary>
    public TimeSpan MaxQueueDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Threads inside one run, see <see cref="LeNetServe.Runtime.Models.ModelOptions.IntraOpThreads"/>.</summary>
    public int IntraOpThreads { get; init; } = 1;

    public static PipelineOptions Read(SettingsReader reader)
    {
        var defaults = new PipelineOptions();
        return new()
        {
            Concurrency = reader.Integer("Pipeline:Concurrency", defaults.Concurrency, 1, 4096, "Requests worked on at once"),
            QueueLength = reader.Integer("Pipeline:QueueLength", defaults.QueueLength, 0, 1 << 20, "Requests that wait for a place; one more is refused at once"),
            Batching = reader.Choice("Pipeline:Batching", defaults.Batching, "Gather requests into batches; auto: on CUDA only; opportunistic: calls that wait for a thread anyway, for more of them a second"),
            MaxBatch = reader.Integer("Pipeline:MaxBatch", defaults.MaxBatch, 1, 4096, "Most images in a gathered batch"),
            MaxQueueDelay = reader.Duration("Pipeline:MaxQueueDelay", defaults.MaxQueueDelay, TimeSpan.FromSeconds(1), "How long a batch that is not full waits for more"),
            IntraOpThreads = reader.Integer("Pipeline:IntraOpThreads", defaults.IntraOpThreads, 1, 1024, "Threads inside one run"),
        };
    }
}
