namespace LeNetServe.InferenceServer.Recording;

/// <summary>The runs of a model with one batch size.</summary>
internal sealed class BatchMetrics(int size)
{
    /// <summary>Images in the batch.</summary>
    public int Size { get; } = size;

    public PhaseHistogram Runs { get; } = new();
}
