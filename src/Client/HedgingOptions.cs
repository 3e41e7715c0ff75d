namespace LeNetServe.Client;

/// <summary>Hedging: a second request is sent while the first is still unanswered, and the first answer wins. Costs load, saves tail latency.</summary>
public sealed record HedgingOptions
{
    /// <summary>Requests in flight for one call, the first included; 2..5.</summary>
    public int MaxAttempts { get; init; } = 2;

    /// <summary>How long the first request may take before the next is sent. Choose about the 95th percentile of the usual latency.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(50);
}
