namespace LeNetServe.InferenceServer.Recording;

/// <summary>The histograms of one model version and one outcome.</summary>
internal sealed class OutcomeMetrics
{
    public PhaseHistogram Decode { get; } = new();

    public PhaseHistogram Queue { get; } = new();

    public PhaseHistogram Inference { get; } = new();

    public PhaseHistogram Request { get; } = new();
}
