namespace LeNetServe.Client;

/// <summary>
/// Options of hedging: the client sends a second request if the first has no answer yet, and takes the first answer. Hedging reduces tail
/// latency and increases load.
/// </summary>
public sealed record HedgingOptions
{
    /// <summary>Gets the largest number of requests for one call, 2..5, including the first.</summary>
    public int MaxAttempts { get; init; } = 2;

    /// <summary>Gets the wait before the next request. Choose about the 95th percentile of the usual latency.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(50);
}
